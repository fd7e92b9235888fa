package io.github.attnpool.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written is read again: names, types, shapes, order, metadata and every byte. */
class RoundTripTest {
  @TempDir Path folder;

  static LongStream seeds() {
    return LongStream.range(0, 60);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void anyTensors(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    try (Arena arena = Arena.ofConfined()) {
      List<Tensor> written = new ArrayList<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        written.add(tensor(i + name(random), random, arena));
      }
      Map<String, String> metadata = new LinkedHashMap<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        metadata.put(i + name(random), name(random));
      }
      Path file = folder.resolve("test.safetensors");
      SafetensorsWriter.write(file, written, metadata);
      assertReads(written, metadata, file);
    }
  }

  private static void assertReads(List<Tensor> written, Map<String, String> metadata, Path file) {
    try (TensorFile read = TensorFile.open(file);
        Arena arena = Arena.ofConfined()) {
      assertEquals(metadata, read.metadata());
      assertEquals(
          written.stream().map(Tensor::name).toList(), List.copyOf(read.tensors().keySet()));
      for (Tensor expected : written) {
        Tensor actual = read.load(expected.name(), arena);
        assertEquals(expected.type(), actual.type());
        assertArrayEquals(expected.shape(), actual.shape());
        assertEquals(-1, expected.data().mismatch(actual.data()), expected.name());
        assertTrue(actual.data().isReadOnly());
      }
    }
  }

  /** A scalar, an empty tensor or any other; its memory native, a byte[] or another array. */
  private static Tensor tensor(String name, SplittableRandom random, Arena arena) {
    List<ElementType> types = List.of(ElementType.values());
    ElementType type = types.get(random.nextInt(types.size()));
    long[] shape = new long[random.nextInt(5)];
    Arrays.setAll(shape, _ -> random.nextInt(10) == 0 ? 0 : 1 + random.nextInt(7));
    long count = LongStream.of(shape).reduce(1, (a, b) -> a * b);
    byte[] bytes = new byte[Math.toIntExact(count * type.bytes())];
    new Random(random.nextLong()).nextBytes(bytes);
    MemorySegment data = MemorySegment.ofArray(bytes);
    switch (random.nextInt(4)) {
      case 0 -> data = arena.allocate(bytes.length).copyFrom(data);
      case 1 -> data = data.asReadOnly();
      case 2 -> {
        MemorySegment shorts = MemorySegment.ofArray(new short[(bytes.length + 1) / 2]);
        data = shorts.asSlice(0, bytes.length).copyFrom(data);
      }
      default -> {}
    }
    return new Tensor(name, type, shape, data);
  }

  /** Letters of every kind, quotes, control characters and whole code points. */
  private static String name(SplittableRandom random) {
    String alphabet = "abz.\"\\/\n\t\u0001\u007fé漢𝄞 ";
    int[] letters = alphabet.codePoints().toArray();
    StringBuilder name = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      name.appendCodePoint(letters[random.nextInt(letters.length)]);
    }
    return name.toString();
  }

  @Test
  void dataBeginsOnACacheLine() {
    Path file = folder.resolve("test.safetensors");
    for (int length = 1; length < 70; length++) {
      SafetensorsWriter.write(
          file, List.of(Tensor.of("n".repeat(length), new float[1], 1)), Map.of());
      try (TensorFile read = TensorFile.open(file);
          Arena arena = Arena.ofConfined()) {
        assertEquals(0, read.load("n".repeat(length), arena).data().address() % 64);
      }
    }
  }

  @Test
  void realNumbersBecomeFloats() {
    float[] expected = {1.5f, -0f, Float.POSITIVE_INFINITY, Float.NaN};
    short[] bf16 = new short[expected.length];
    short[] f16 = new short[expected.length];
    double[] f64 = new double[expected.length];
    for (int i = 0; i < expected.length; i++) {
      bf16[i] = (short) (Float.floatToRawIntBits(expected[i]) >>> 16);
      f16[i] = Float.floatToFloat16(expected[i]);
      f64[i] = expected[i];
    }
    long[] shape = {expected.length};
    for (Tensor tensor :
        List.of(
            Tensor.of("t", expected, shape),
            new Tensor("t", ElementType.BF16, shape, MemorySegment.ofArray(bf16)),
            new Tensor("t", ElementType.F16, shape, MemorySegment.ofArray(f16)),
            new Tensor("t", ElementType.F64, shape, MemorySegment.ofArray(f64)))) {
      assertArrayEquals(expected, tensor.toFloatArray(), tensor.describe());
    }
  }

  @Test
  void integersBecomeLongs() {
    byte[] bytes = {-1, 0, 1, 127, -128, 2, 3, 4};
    MemorySegment data = MemorySegment.ofArray(bytes);
    assertArrayEquals(
        new long[] {-1, 0, 1, 127, -128, 2, 3, 4},
        new Tensor("t", ElementType.I8, new long[] {8}, data).toLongArray());
    assertArrayEquals(
        new long[] {255, 0, 1, 127, 128, 2, 3, 4},
        new Tensor("t", ElementType.U8, new long[] {8}, data).toLongArray());
    assertArrayEquals(
        new long[] {0x00ff, 0x7f01, 0x0280, 0x0403},
        new Tensor("t", ElementType.I16, new long[] {4}, data).toLongArray());
    assertArrayEquals(
        new long[] {0x7f0100ff, 0x04030280},
        new Tensor("t", ElementType.I32, new long[] {2}, data).toLongArray());
    assertArrayEquals(
        new long[] {data.get(ValueLayout.JAVA_LONG_UNALIGNED, 0)},
        new Tensor("t", ElementType.I64, new long[] {1}, data).toLongArray());
  }
}
