package io.github.attnpool.hdf5;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files with a few bytes changed. */
class Hdf5DamageTest {
  private static final int ROUNDS = Integer.getInteger("attnpool.test.hdf5.rounds", 150);
  private static final long MAX_NANOS = 10_000_000_000L;

  @ParameterizedTest
  @ValueSource(
      strings = {"clam.h5", "trident.h5", "v110.h5", "kinds.h5", "legacy.h5", "model.keras"})
  void areReadOrRefused(String name) throws IOException {
    byte[] sound = Files.readAllBytes(Path.of("src/test/resources/files", name));
    long seed = Long.getLong("attnpool.test.seed", 20261128);
    SplittableRandom random = new SplittableRandom(seed + name.hashCode());
    int read = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] damaged = damage(sound.clone(), random);
      long start = System.nanoTime();
      try {
        read += AnyBytes.read(damaged);
      } catch (Throwable e) {
        Path kept = Files.createTempFile("attnpool-hdf5-", "-" + name);
        Files.write(kept, damaged);
        throw new AssertionError("seed " + seed + ", round " + round + ": " + kept, e);
      }
      assertTrue(System.nanoTime() - start < MAX_NANOS, "took long, round " + round);
    }
    assertTrue(read > 0, "no damage left anything to read: the test reads nothing");
  }

  private static byte[] damage(byte[] bytes, SplittableRandom random) {
    int changes = 1 + random.nextInt(4);
    List<Integer> values = List.of(0, 1, 0x7f, 0x80, 0xff);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes[at] = values.get(random.nextInt(values.size())).byteValue();
        default -> {
          int from = random.nextInt(bytes.length);
          int count = Math.min(1 + random.nextInt(16), bytes.length - Math.max(at, from));
          System.arraycopy(bytes, from, bytes, at, count);
        }
      }
    }
    return bytes;
  }
}
