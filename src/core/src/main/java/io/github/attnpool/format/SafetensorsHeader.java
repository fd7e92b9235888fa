package io.github.attnpool.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.io.FileLimits;
import io.github.attnpool.internal.io.Shown;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header of a safetensors file: 8 bytes of length, then JSON that maps each tensor's name to
 * {@code {"dtype", "shape", "data_offsets"}}, then the data. Nothing of it is trusted.
 *
 * @see <a href="https://github.com/huggingface/safetensors">the format</a>
 */
record SafetensorsHeader(List<StoredTensor> tensors, Map<String, String> metadata) {
  static final String FORMAT = "safetensors";

  private static final int LENGTH_BYTES = 8;
  private static final long MAX_HEADER = 100_000_000; // the format's own limit
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private record Entry(TensorInfo info, long begin) {
    String name() {
      return info.name();
    }

    long end() {
      return begin + info.byteSize();
    }
  }

  static SafetensorsHeader parse(String operation, ByteSource file) throws IOException {
    Reader reader = new Reader(operation);
    if (file.size() < LENGTH_BYTES) {
      throw reader.bad("it has " + file.size() + " bytes, too few for a safetensors file");
    }
    long length = length(file.bytes(0, LENGTH_BYTES));
    if (length < 2 || length > MAX_HEADER || length > file.size() - LENGTH_BYTES) {
      throw reader.bad(
          "the header's length is given as "
              + Long.toUnsignedString(length)
              + " bytes, must be 2 to "
              + Math.min(MAX_HEADER, file.size() - LENGTH_BYTES)
              + " in a file of "
              + file.size()
              + "; is it a safetensors file, or was it cut short?");
    }
    reader.read(file.bytes(LENGTH_BYTES, (int) length));
    long begin = LENGTH_BYTES + length;
    reader.checkOffsets(file.size() - begin);
    List<StoredTensor> tensors = new ArrayList<>();
    for (Entry entry : reader.entries) {
      TensorInfo info = entry.info();
      ByteSource data = file.part(begin + entry.begin(), info.byteSize());
      tensors.add(StoredTensor.whole(info, StoredType.plain(info.type()), data));
    }
    return new SafetensorsHeader(tensors, reader.metadata);
  }

  /** Returns the length that the first bytes of a file give. */
  static long length(byte[] start) {
    return ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /** Reads the JSON. */
  private static final class Reader {
    private final String operation;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    Reader(String operation) {
      this.operation = operation;
    }

    void read(byte[] json) {
      try (JsonParser parser = JSON.createParser(decode(json))) {
        expect(parser.nextToken(), JsonToken.START_OBJECT, "the header");
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          expect(parser.nextToken(), JsonToken.START_OBJECT, "'" + Shown.text(name) + "'");
          if (name.equals("__metadata__")) {
            readMetadata(parser);
          } else {
            entries.add(readEntry(parser, name));
            FileLimits.checkTensors(operation, entries.size());
          }
        }
        if (parser.nextToken() != null) {
          throw bad("the header goes on after its closing brace");
        }
      } catch (IOException e) {
        throw new AttnPoolException(
            operation, "the header is not valid JSON: " + firstLine(e.getMessage()), e);
      }
    }

    private static String decode(byte[] json) throws CharacterCodingException {
      return UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(json))
          .toString();
    }

    private void readMetadata(JsonParser parser) throws IOException {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        expect(parser.nextToken(), JsonToken.VALUE_STRING, "metadata '" + Shown.text(key) + "'");
        metadata.put(key, parser.getText());
      }
    }

    private Entry readEntry(JsonParser parser, String name) throws IOException {
      String dtype = null;
      long[] shape = null;
      long[] offsets = null;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        parser.nextToken();
        switch (field) {
          case "dtype" -> dtype = parser.getText();
          case "shape" -> shape = readLongs(parser, name);
          case "data_offsets" -> offsets = readLongs(parser, name);
          default -> throw bad(named(name) + " has an unknown field '" + Shown.text(field) + "'");
        }
      }
      if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
        throw bad(named(name) + " must have dtype, shape and two data_offsets");
      }
      TensorInfo info = new TensorInfo(name, type(name, dtype), shape);
      long size = info.byteSize();
      if (offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] - offsets[0] != size) {
        throw bad(
            String.format(
                Locale.ROOT,
                "%s has data_offsets %d to %d, must span the %d bytes of its shape",
                named(name),
                offsets[0],
                offsets[1],
                size));
      }
      return new Entry(info, offsets[0]);
    }

    private static String named(String name) {
      return "tensor '" + Shown.text(name) + "'";
    }

    private long[] readLongs(JsonParser parser, String name) throws IOException {
      expect(
          parser.currentToken(), JsonToken.START_ARRAY, "shape or data_offsets of " + named(name));
      List<Long> values = new ArrayList<>();
      while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
        values.add(parser.getLongValue());
      }
      expect(parser.currentToken(), JsonToken.END_ARRAY, "shape or data_offsets of " + named(name));
      return values.stream().mapToLong(Long::longValue).toArray();
    }

    private ElementType type(String name, String dtype) {
      for (ElementType type : ElementType.values()) {
        if (type.name().equals(dtype)) {
          return type;
        }
      }
      throw bad(
          named(name) + " has element type " + Shown.text(dtype) + ", which is not supported");
    }

    /** The format wants the tensors to fill the data exactly: no hole, no overlap. */
    void checkOffsets(long dataBytes) {
      List<Entry> ordered = new ArrayList<>(entries);
      ordered.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
      long expected = 0;
      for (Entry entry : ordered) {
        if (entry.begin() != expected) {
          throw bad(
              String.format(
                  Locale.ROOT,
                  "%s begins at byte %d of the data, must begin at %d",
                  named(entry.name()),
                  entry.begin(),
                  expected));
        }
        expected = entry.end();
      }
      if (expected != dataBytes) {
        throw bad(
            String.format(
                Locale.ROOT,
                "the tensors need %d bytes of data, but the file holds %d; was it cut short?",
                expected,
                dataBytes));
      }
    }

    private void expect(JsonToken found, JsonToken expected, String what) {
      if (found != expected) {
        throw bad(what + " has " + found + " in the header, must have " + expected);
      }
    }

    AttnPoolException bad(String problem) {
      return new AttnPoolException(operation, problem);
    }

    private static String firstLine(@Nullable String message) {
      return message == null
          ? "no reason given"
          : Shown.text(message.lines().findFirst().orElse(""));
    }
  }
}
