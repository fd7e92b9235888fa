package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What does not fit is refused, with its name, before the backend hears of it. */
class ForwardArgumentsTest {
  private final FakeBackend backend = new FakeBackend();
  private final AttentionPooling layer = backend.layer(); // rows of 2 values
  private final Arena arena = Arena.ofConfined();

  @AfterEach
  void close() {
    assertEquals(0, backend.calls.get());
    layer.close();
    arena.close();
  }

  @Test
  void rowsOfAnotherWidth() {
    Sequences in = Sequences.padded(heap(6), ElementType.F32, 1, 2, 3);
    assertRefused("rows of x have 3 values, must have 2", in, layer.allocate(rows(3), arena));
  }

  @Test
  void resultsOfAnotherLayer() {
    Linear twoHeads = Linear.of(2, 2, new float[4]);
    try (AttentionPooling other =
        AttentionPooling.builder(AttentionParameters.linear(twoHeads)).backend("jvm").build()) {
      Outputs out = other.allocate(rows(3), arena);
      assertRefused("allocated for a layer of another shape", rows(3), out);
    }
  }

  @Test
  void resultsOfAnotherSize() {
    Outputs out = layer.allocate(rows(3), arena);
    assertRefused(
        "the outputs have room for 1 sequences with 3 positions, must be at least 1 with 4",
        rows(4),
        out);
    Sequences two = Sequences.ragged(heap(6), ElementType.F32, 2, 0, 1, 3);
    assertRefused("1 sequences with 3 positions, must be at least 2 with 3", two, out);
  }

  @Test
  void closedMemory() {
    Arena closed = Arena.ofConfined();
    Sequences in = Sequences.padded(closed.allocate(24), ElementType.F32, 1, 3, 2);
    Outputs out = layer.allocate(in, closed);
    closed.close();
    assertRefused("the memory of x is already closed", in, layer.allocate(rows(3), arena));
    assertRefused("the memory of CONTEXT is already closed", rows(3), out);
  }

  @Test
  void memoryOfAnotherThread() throws InterruptedException {
    Sequences in = Sequences.padded(arena.allocate(24), ElementType.F32, 1, 3, 2);
    Outputs out = layer.allocate(rows(3), arena);
    String advice = "belongs to another thread; use a shared arena or call from that thread";
    try (Arena shared = Arena.ofShared()) {
      Outputs sharedOut = layer.allocate(rows(3), shared);
      inAnotherThread(() -> assertRefused("the memory of x " + advice, in, sharedOut));
    }
    inAnotherThread(() -> assertRefused("the memory of CONTEXT " + advice, rows(3), out));
  }

  @Test
  void arraysOfAnotherSize() {
    assertBad("x has 12 bytes, must have 16 (2 rows of 2 F32)", () -> layer.pool(new float[3], 2));
    assertBad("offsets[1] is -1, must not be below", () -> layer.pool(new float[2], -1));
  }

  private void assertRefused(String problem, Sequences in, Outputs out) {
    assertBad(problem, () -> layer.forward(in, out));
  }

  private static void assertBad(String problem, Executable call) {
    AttnPoolException e = assertThrows(AttnPoolException.class, call);
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  private static void inAnotherThread(Runnable test) throws InterruptedException {
    FutureTask<Void> task = new FutureTask<>(test, null);
    Thread.ofPlatform().start(task);
    try {
      task.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  private static Sequences rows(int count) {
    return Sequences.ragged(heap(2 * count), ElementType.F32, 2, 0, count);
  }

  private static MemorySegment heap(int floats) {
    return MemorySegment.ofArray(new float[floats]);
  }
}
