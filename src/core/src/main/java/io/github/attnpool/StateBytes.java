package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.attnpool.internal.arguments.Arguments;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * A pooling state as bytes, little-endian: "attnpool", version, R, H (I32 each), rows (I64), digest
 * of the parameters (16 bytes), the engine's state, and the CRC-32C of all before (I32). All
 * engines of one version lay states out alike, so that a state may go from backend to backend.
 */
final class StateBytes {
  private static final Arguments ARGUMENTS = new Arguments("read pooling state");
  private static final long MAGIC = 0x6c6f6f706e747461L; // "attnpool"
  private static final int VERSION = 2;
  private static final int HEADER =
      Long.BYTES + 3 * Integer.BYTES + Long.BYTES + ParameterDigest.BYTES;

  private StateBytes() {}

  static byte[] given(byte[] bytes) {
    return ARGUMENTS.given("bytes", bytes);
  }

  static byte[] write(AttentionParameters parameters, long rows, MemorySegment state) {
    byte[] bytes = new byte[HEADER + Math.toIntExact(state.byteSize()) + Integer.BYTES];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(MAGIC).putInt(VERSION);
    buffer.putInt(parameters.heads()).putInt(parameters.width());
    buffer.putLong(rows);
    ParameterDigest.of(parameters).write(buffer);
    buffer.put(state.asByteBuffer());
    buffer.putInt(crc(bytes));
    return bytes;
  }

  /**
   * Reads a state.
   *
   * @return the rows in it
   * @throws AttnPoolException if it is not one, is damaged, or was made with other parameters
   */
  static long read(byte[] bytes, AttentionParameters parameters, MemorySegment state) {
    if (bytes.length < HEADER + Integer.BYTES) {
      throw ARGUMENTS.bad("there are too few bytes");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.getLong() != MAGIC) {
      throw ARGUMENTS.bad("the bytes do not begin as those of a pooling state do");
    }
    int version = buffer.getInt();
    if (version != VERSION) {
      throw ARGUMENTS.bad("the version is " + version + ", must be " + VERSION);
    }
    if (buffer.getInt(bytes.length - Integer.BYTES) != crc(bytes)) {
      throw ARGUMENTS.bad("the check sum is wrong: the bytes are damaged or cut");
    }
    int heads = buffer.getInt();
    int width = buffer.getInt();
    if (heads != parameters.heads() || width != parameters.width()) {
      throw ARGUMENTS.bad(
          String.format(
              Locale.ROOT,
              "the state is of %d heads and %d values, must be of %d and %d",
              heads,
              width,
              parameters.heads(),
              parameters.width()));
    }
    long rows = buffer.getLong();
    if (!ParameterDigest.read(buffer).equals(ParameterDigest.of(parameters))) {
      throw ARGUMENTS.bad("the state was made with other parameters");
    }
    if (rows < 0 || bytes.length - HEADER - Integer.BYTES != state.byteSize()) {
      throw ARGUMENTS.bad("the sizes in it do not fit each other");
    }
    MemorySegment.copy(bytes, HEADER, state, JAVA_BYTE, 0, (int) state.byteSize());
    return rows;
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - Integer.BYTES);
    return (int) crc.getValue();
  }
}
