package io.github.attnpool.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.internal.io.Shown;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/** Makes the header of a safetensors file, whose tensors then follow one after the other. */
final class HeaderBytes {
  static final String METADATA = "__metadata__";

  private static final JsonFactory JSON = new JsonFactory();
  private static final int ALIGNMENT = 64; // data begins on a cache line, so that it can be mapped

  /** Bytes of all data, so that with a header before them they are no more than a long counts. */
  private static final long MOST = Long.MAX_VALUE - Integer.MAX_VALUE;

  private final ByteArrayOutputStream json = new ByteArrayOutputStream();
  private final JsonGenerator out;
  private long begin;

  /**
   * @param metadata texts; may be empty
   */
  HeaderBytes(Map<String, String> metadata) throws IOException {
    out = JSON.createGenerator(json);
    out.writeStartObject();
    if (!metadata.isEmpty()) {
      out.writeObjectFieldStart(METADATA);
      for (Map.Entry<String, String> entry : metadata.entrySet()) {
        out.writeStringField(entry.getKey(), entry.getValue());
      }
      out.writeEndObject();
    }
  }

  /**
   * Adds the next tensor; returns where its data begin, counted from the header's end.
   *
   * @throws AttnPoolException if its shape is not sound, or too large after the others
   */
  long add(String name, ElementType type, long[] shape) throws IOException {
    long place = begin;
    long size = TensorInfo.byteSize(name, type, shape);
    if (size > MOST - begin) {
      throw new AttnPoolException(
          "tensor " + Shown.text(name),
          TensorInfo.describe(type, shape) + " is too large for a file after " + begin + " bytes");
    }
    begin += size;
    out.writeObjectFieldStart(name);
    out.writeStringField("dtype", type.name());
    out.writeFieldName("shape");
    out.writeArray(shape, 0, shape.length);
    out.writeFieldName("data_offsets");
    out.writeArray(new long[] {place, begin}, 0, 2);
    out.writeEndObject();
    return place;
  }

  /** The whole header, its length first, filled up with spaces. */
  byte[] finish() throws IOException {
    out.writeEndObject();
    out.close();
    int length = json.size();
    int padded = (Long.BYTES + length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT - Long.BYTES;
    json.writeBytes(" ".repeat(padded - length).getBytes(UTF_8));
    return ByteBuffer.allocate(Long.BYTES + padded)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(padded)
        .put(json.toByteArray())
        .array();
  }
}
