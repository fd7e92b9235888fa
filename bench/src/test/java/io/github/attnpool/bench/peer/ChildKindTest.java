package io.github.attnpool.bench.peer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.Plan;
import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchModel;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.Inputs;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChildKindTest {
  @Test
  void childComputesTheSameBitsFromTheFile() throws NotOffered {
    PeerKind here = new AttnPoolKind("onednn", Plan.FUSED, PeerKind.Role.SUBJECT);
    try (Arena arena = Arena.ofConfined();
        ChildKind child = ChildKind.attnPool("child", List.of(), "onednn", "FUSED")) {
      // In the same process.
      for (String shape :
          List.of(
              "2x9x16-8",
              "1x300x20-64",
              "2x30x20-8+proj12+gate+heads2+perhead",
              "2x9x16-8+gelu12")) {
        Work work = work(shape, Arithmetic.F32, arena);
        try (Peer near = here.prepare(work);
            Peer far = child.prepare(work)) {
          assertEquals(near.runsOn(), far.runsOn());
          assertArrayEquals(near.result(1).context(), far.result(1).context());
          assertArrayEquals(near.result(0).weights(), far.result(0).weights());
          assertArrayEquals(near.result(0).logits(), far.result(0).logits());
          long[] nanos = far.time(4, 3);
          assertEquals(4, nanos.length);
          assertTrue(nanos[0] > 0);
        }
      }
    }
  }

  @Test
  void childThatCannotDoTheWorkSaysWhy() {
    try (Arena arena = Arena.ofConfined();
        ChildKind child = ChildKind.attnPool("child", List.of(), "jvm", "STAGED")) {
      Work work = work("1x2x3-4", Arithmetic.BF16, arena);
      NotOffered reason = assertThrows(NotOffered.class, () -> child.prepare(work));
      assertTrue(reason.getMessage().contains("BF16"), reason.getMessage());
    }
  }

  @Test
  void formsThatTheFileCannotSayAreNotOffered() {
    try (Arena arena = Arena.ofConfined();
        ChildKind child = ChildKind.attnPool("child", List.of(), "jvm", "FUSED")) {
      for (String shape : List.of("1x2x3-4+stats", "1x2x3-4+values5")) {
        Work work = work(shape, Arithmetic.F32, arena);
        NotOffered reason = assertThrows(NotOffered.class, () -> child.prepare(work));
        assertTrue(reason.getMessage().contains("statistics"), reason.getMessage());
      }
    }
  }

  @Test
  void programThatIsMissingIsNotOffered() {
    try (Arena arena = Arena.ofConfined();
        ChildKind child =
            new ChildKind(
                "none",
                PeerKind.Role.PEER,
                Set.of(Arithmetic.F32),
                threads -> List.of("/no/such/program"))) {
      Work work = work("1x2x3-4", Arithmetic.F32, arena);
      assertThrows(NotOffered.class, () -> child.prepare(work));
    }
  }

  private static Work work(String shape, Arithmetic arithmetic, Arena arena) {
    BenchModel model = new BenchModel(BenchShape.parse(shape));
    return new Work(model, arithmetic, 1, Inputs.of(model, arithmetic.input(), 2, arena));
  }
}
