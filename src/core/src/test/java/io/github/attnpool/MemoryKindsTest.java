package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.testkit.Variant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever kind of memory x lies in, and whoever may touch it, the results are the same bits. The
 * batches are large enough for several threads to share.
 */
class MemoryKindsTest {
  private static final int BATCH = 5;
  private static final int STEPS = 513; // leaves a lone row after whole tiles
  private static final int WIDTH = 96;
  private static final int UNITS = 64;
  private static final EnumSet<Output> WANTED = EnumSet.allOf(Output.class);

  @TempDir static Path folder;

  static Stream<Arguments> waysAndTypes() {
    return Variant.offered().stream()
        .flatMap(
            variant ->
                Stream.of(ElementType.F32, ElementType.BF16, ElementType.F16)
                    .map(type -> Arguments.of(variant, type)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("waysAndTypes")
  void sameResults(Variant variant, ElementType type) {
    byte[] x = values(type);
    try (AttentionPooling layer = variant.builder(parameters()).build();
        Arena arena = Arena.ofConfined()) {
      for (UnaryOperator<Sequences> rows : rowsThatTakePart()) {
        MemorySegment plain = arena.allocate(x.length, 64).copyFrom(MemorySegment.ofArray(x));
        Map<Output, float[]> expected = run(layer, rows.apply(sequences(plain, type)));
        kinds(x, arena)
            .forEach(
                (kind, memory) -> {
                  assertEquals(-1, plain.mismatch(memory), kind);
                  Map<Output, float[]> actual = run(layer, rows.apply(sequences(memory, type)));
                  for (Output output : WANTED) {
                    assertArrayEquals(
                        expected.get(output), actual.get(output), () -> kind + ", " + output);
                  }
                });
      }
    }
  }

  private static Map<String, MemorySegment> kinds(byte[] x, Arena arena) {
    MemorySegment heap = MemorySegment.ofArray(x);
    float[] floats = new float[(x.length + 3) / 4];
    MemorySegment onFloats = MemorySegment.ofArray(floats).asSlice(0, x.length);
    return Map.of(
        "byte array", heap,
        "float array", onFloats.copyFrom(heap),
        "read-only", arena.allocate(x.length, 64).copyFrom(heap).asReadOnly(),
        "shared arena", Arena.ofAuto().allocate(x.length, 4).copyFrom(heap),
        "misaligned", arena.allocate(x.length + 1, 64).asSlice(1).copyFrom(heap),
        "misaligned array", MemorySegment.ofArray(new byte[x.length + 1]).asSlice(1).copyFrom(heap),
        "mapped", mapped(x, 0, arena),
        "mapped, misaligned", mapped(x, 3, arena));
  }

  /** All; of each sequence the first; some here and there. */
  private static Iterable<UnaryOperator<Sequences>> rowsThatTakePart() {
    byte[] mask = new byte[BATCH * STEPS];
    SplittableRandom random = new SplittableRandom(5);
    IntStream.range(0, mask.length).forEach(i -> mask[i] = (byte) (random.nextInt(8) / 7 ^ 1));
    return List.of(
        UnaryOperator.identity(),
        all -> all.withLengths(333, STEPS - 1, 0, STEPS, STEPS),
        all -> all.withKeepMask(MemorySegment.ofArray(mask)));
  }

  private static MemorySegment mapped(byte[] x, int offset, Arena arena) {
    byte[] content = new byte[x.length + offset];
    System.arraycopy(x, 0, content, offset, x.length);
    Path file = folder.resolve("x-" + offset);
    try {
      Files.write(file, content);
      try (FileChannel channel = FileChannel.open(file)) {
        return channel.map(FileChannel.MapMode.READ_ONLY, 0, content.length, arena).asSlice(offset);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Sequences sequences(MemorySegment memory, ElementType type) {
    return Sequences.padded(memory, type, BATCH, STEPS, WIDTH);
  }

  /** With results in a confined arena: other threads of the layer write there too. */
  private static Map<Output, float[]> run(AttentionPooling layer, Sequences in) {
    try (Arena arena = Arena.ofConfined()) {
      Outputs out = layer.allocate(in, arena, WANTED);
      WANTED.forEach(output -> out.get(output).fill((byte) -1));
      layer.forward(in, out);
      return Map.of(
          Output.CONTEXT, out.toArray(Output.CONTEXT),
          Output.WEIGHTS, out.toArray(Output.WEIGHTS),
          Output.SCORES, out.toArray(Output.SCORES),
          Output.LOGITS, out.toArray(Output.LOGITS));
    }
  }

  private static AttentionParameters parameters() {
    SplittableRandom random = new SplittableRandom(6);
    Linear hidden = Linear.of(UNITS, WIDTH, floats(random, UNITS * WIDTH), floats(random, UNITS));
    return AttentionParameters.additive(hidden, Linear.of(1, UNITS, floats(random, UNITS)))
        .withOutput(Linear.of(3, WIDTH, floats(random, 3 * WIDTH)));
  }

  private static float[] floats(SplittableRandom random, int count) {
    float[] floats = new float[count];
    IntStream.range(0, count).forEach(i -> floats[i] = (float) random.nextDouble(-0.3, 0.3));
    return floats;
  }

  private static byte[] values(ElementType type) {
    float[] floats = floats(new SplittableRandom(7), BATCH * STEPS * WIDTH);
    short[] shorts = new short[floats.length];
    for (int i = 0; i < floats.length; i++) {
      shorts[i] =
          type == ElementType.F16
              ? Float.floatToFloat16(floats[i])
              : (short) (Float.floatToRawIntBits(floats[i]) >>> 16);
    }
    MemorySegment memory =
        type == ElementType.F32 ? MemorySegment.ofArray(floats) : MemorySegment.ofArray(shorts);
    return memory.toArray(JAVA_BYTE);
  }
}
