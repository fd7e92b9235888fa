package io.github.attnpool.bench.peer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.Plan;
import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchModel;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.Inputs;
import java.lang.foreign.Arena;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxRuntimeKindTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1x1x1-1",
        "1x32x64-64",
        "3x17x20-7",
        "2x9x20-7+gate",
        "2x9x20-0+heads3",
        "2x9x20-7+heads3+perhead",
        "2x9x20-7+perhead",
        "2x9x20-7+proj12+gate+heads2+perhead"
      })
  void bothGraphsComputeTheLayer(String shape) throws NotOffered {
    BenchModel model = new BenchModel(BenchShape.parse(shape));
    try (Arena arena = Arena.ofConfined()) {
      Arithmetic f32 = Arithmetic.F32;
      Work work = new Work(model, f32, 1, Inputs.of(model, f32.input(), 2, arena));
      Result expected = result(new AttnPoolKind("jvm", Plan.STAGED, PeerKind.Role.SUBJECT), work);
      for (PeerKind kind : OnnxRuntimeKind.all()) {
        Result actual = result(kind, work);
        assertArrayEquals(expected.context(), actual.context(), 1e-5f, kind.name());
        assertArrayEquals(expected.weights(), actual.weights(), 1e-6f, kind.name());
        assertArrayEquals(expected.logits(), actual.logits(), 1e-5f, kind.name());
      }
    }
  }

  private static Result result(PeerKind kind, Work work) throws NotOffered {
    try (Peer peer = kind.prepare(work)) {
      assertEquals(2, peer.time(2, 3).length);
      return peer.result(1);
    }
  }
}
