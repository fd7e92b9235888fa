package io.github.attnpool.parity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * Makes the inputs of a fixture again, bit for bit, as scripts/fixtures/fixture_files.py drew them.
 */
final class Drawing {
  private final TorchRandom random;

  /**
   * @param name the fixture's, from which the generator is seeded
   */
  Drawing(String name) {
    random = new TorchRandom(crc(name.getBytes(UTF_8)));
  }

  /** The next tensor: name, shape, cycle, scale, shift and check sum, with blanks between. */
  Drawn next(String line) {
    String[] field = line.split(" ", -1);
    int[] shape = Arrays.stream(field[1].split("x")).mapToInt(Integer::parseInt).toArray();
    int cycle = Integer.parseInt(field[2]);
    float scale = Float.parseFloat(field[3]);
    float shift = Float.parseFloat(field[4]);
    float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) {
      values[i] = i < cycle ? (random.next() * 2 - 1) * scale + shift : values[i - cycle];
    }
    assertEquals(
        Integer.parseUnsignedInt(field[5], 16),
        crc(littleEndian(values)),
        "checksum of " + field[0] + ": these are not the values that PyTorch drew");
    return new Drawn(field[0], shape, values);
  }

  private static byte[] littleEndian(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static int crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
