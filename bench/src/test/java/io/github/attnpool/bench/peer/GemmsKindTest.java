package io.github.attnpool.bench.peer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchModel;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.Inputs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class GemmsKindTest {
  @Test
  void isNotOfferedWithoutItsLibrary() {
    try (Arena arena = Arena.ofConfined()) {
      BenchModel model = new BenchModel(BenchShape.parse("1x2x3-4"));
      Inputs inputs = Inputs.of(model, Arithmetic.F32.input(), 1, arena);
      GemmsKind kind = new GemmsKind(Path.of("no-such.so"), 64);
      Work work = new Work(model, Arithmetic.F32, 1, inputs);
      NotOffered reason = assertThrows(NotOffered.class, () -> kind.prepare(work));
      assertTrue(reason.getMessage().contains("no-such.so"), reason.getMessage());
    }
  }

  @Test
  void checkTellsOtherProductsFromTheLayers() {
    AttentionParameters parameters =
        AttentionParameters.additive(
                Linear.of(1, 2, new float[] {1, 2}), Linear.of(1, 1, new float[] {1}))
            .withGate(Linear.of(1, 2, new float[] {3, 4}), Activation.SIGMOID);
    assertArrayEquals(
        new float[] {1, 2, 3, 4}, Multiplication.of(parameters).getFirst().map().weight());
    BenchShape shape = BenchShape.parse("1x1x2-1+gate");
    MemorySegment x = MemorySegment.ofArray(new float[] {10, 1});
    Inputs inputs = Inputs.of(shape, Arithmetic.F32.input(), List.of(x));
    Work work = new Work(new BenchModel(shape, parameters), Arithmetic.F32, 1, inputs);
    assertDoesNotThrow(() -> GemmsCheck.check(work, inputs, new float[] {12, 34}));
    assertThrows(
        IllegalStateException.class,
        () -> GemmsCheck.check(work, inputs, new float[] {12, 34.01f}));
  }
}
