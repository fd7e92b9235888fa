package io.github.attnpool.format;

import static org.junit.jupiter.api.Assertions.fail;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.checkpoint.Checkpoint;
import io.github.attnpool.checkpoint.LayerMatch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Random damage to a sound file is noticed or harmless: nothing but our exception comes of it. */
class DamageTest {
  private static final int ROUNDS = 500;

  @TempDir Path folder;

  private interface Reader {
    void read(Path file) throws IOException;
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void safetensors(long seed) throws IOException {
    Path file = folder.resolve("sound.safetensors");
    SafetensorsWriter.write(
        file,
        List.of(
            Tensor.of("W.weight", new float[6], 2, 3),
            Tensor.of("a.weight", new float[2], 1, 2),
            Tensor.of("attention_net.0.weight", new float[6], 2, 3),
            Tensor.of("attention_net.2.attention_a.0.weight", new float[2], 1, 2),
            Tensor.of("attention_net.2.attention_b.0.weight", new float[2], 1, 2),
            Tensor.of("attention_net.2.attention_c.weight", new float[2], 2, 1),
            Tensor.of("classifiers.0.weight", new float[2], 1, 2),
            Tensor.of("classifiers.1.weight", new float[2], 1, 2),
            new Tensor(
                "n", ElementType.I64, new long[] {0, 3}, MemorySegment.ofArray(new long[0]))),
        Map.of("activation", "relu", "temperature", "2"));
    fuzz(Files.readAllBytes(file), seed, ROUNDS, DamageTest::readSafetensors);
  }

  private static void readSafetensors(Path file) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      checkpoint.file().tensors().values().forEach(TensorInfo::describe);
      checkpoint.trouble();
      for (LayerMatch match : checkpoint.layers()) {
        checkpoint.layer().layout(match.layout()).prefix(match.prefix()).read();
      }
    }
  }

  static Stream<byte[]> foreign() {
    return FuzzedFile.seeds(".npy", ".npz", ".pt", ".pkl").map(seed -> (byte[]) seed.get()[0]);
  }

  /** As PyTorch and NumPy wrote them. */
  @ParameterizedTest(name = "file {index}")
  @MethodSource
  void foreign(byte[] sound) throws IOException {
    fuzz(sound, sound.length, ROUNDS / 10, file -> FuzzedFile.read(Files.readAllBytes(file)));
  }

  @Test
  void noiseAlone() throws IOException {
    SplittableRandom random = new SplittableRandom(4);
    for (int round = 0; round < 500; round++) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      read(noise, "noise of seed 4, round " + round, DamageTest::readSafetensors);
    }
  }

  private void fuzz(byte[] sound, long seed, int rounds, Reader reader) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < rounds; round++) {
      byte[] bytes = sound.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        int at = random.nextInt(bytes.length);
        bytes[at] = random.nextBoolean() ? (byte) random.nextInt() : digit(random);
      }
      if (random.nextInt(8) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(2 * bytes.length));
      }
      read(bytes, "seed " + seed + ", round " + round, reader);
    }
  }

  /** What keeps a header readable but changes what it says. */
  private static byte digit(SplittableRandom random) {
    String letters = "0123456789-,[]{}:\"' .eFIU";
    return (byte) letters.charAt(random.nextInt(letters.length()));
  }

  private void read(byte[] bytes, String what, Reader reader) throws IOException {
    Path file = Files.write(folder.resolve("fuzzed"), bytes);
    try {
      reader.read(file);
    } catch (AttnPoolException _) {
      // as it should be
    } catch (RuntimeException | Error e) {
      fail(what, e);
    }
  }
}
