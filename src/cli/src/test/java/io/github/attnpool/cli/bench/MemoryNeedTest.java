package io.github.attnpool.cli.bench;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.Plan;
import org.junit.jupiter.api.Test;

class MemoryNeedTest {
  private static final int MOST = Integer.MAX_VALUE;

  @Test
  void allowsSmallCases() {
    Shape small = new Shape(2, 3, 4, 5);
    assertDoesNotThrow(() -> MemoryNeed.checkHeap(small));
    assertDoesNotThrow(() -> MemoryNeed.checkNative(small, ElementType.BF16, Plan.STAGED));
  }

  @Test
  void namesWhatIsTooLargeForTheHeap() {
    assertProblem("H·D is ", () -> MemoryNeed.checkHeap(new Shape(1, 1, MOST, MOST)));
    assertProblem("GiB of Java heap", () -> MemoryNeed.checkHeap(new Shape(1, 1, 1 << 15, 65535)));
  }

  @Test
  void namesWhatIsTooLargeForTheMachine() {
    assertProblem(
        "GiB of memory, ",
        () -> MemoryNeed.checkNative(new Shape(MOST, MOST, MOST, 1), ElementType.F32, Plan.FUSED));
    assertProblem(
        "it needs 8000",
        () -> MemoryNeed.checkNative(new Shape(1, 1000, 1, MOST), ElementType.F32, Plan.STAGED));
  }

  private static void assertProblem(String problem, Runnable check) {
    String message = assertThrows(AttnPoolException.class, check::run).getMessage();
    assertTrue(message.contains(problem), message);
  }
}
