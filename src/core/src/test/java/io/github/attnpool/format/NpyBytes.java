package io.github.attnpool.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** {@code .npy} files put together by hand, sound or not. */
public final class NpyBytes {
  private NpyBytes() {}

  public static byte[] of(int version, String header, int dataBytes) {
    return withLength(version, header.length(), header, dataBytes);
  }

  /** With any length of the header. */
  public static byte[] withLength(int version, int length, String header, int dataBytes) {
    int lengthBytes = version == 1 ? Short.BYTES : Integer.BYTES;
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + lengthBytes + header.length() + dataBytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) 0x93)
            .put("NUMPY".getBytes(ISO_8859_1))
            .put((byte) version)
            .put((byte) 0);
    if (version == 1) {
      bytes.putShort((short) length);
    } else {
      bytes.putInt(length);
    }
    bytes.put(header.getBytes(ISO_8859_1));
    for (int i = 0; i < dataBytes; i++) {
      bytes.put((byte) i);
    }
    return bytes.array();
  }
}
