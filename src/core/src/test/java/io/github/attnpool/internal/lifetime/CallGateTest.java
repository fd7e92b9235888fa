package io.github.attnpool.internal.lifetime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallGateTest {
  @Test
  void oneCloserOnly() {
    CallGate gate = new CallGate("thing");
    gate.enter();
    gate.leave();
    assertTrue(gate.close());
    assertFalse(gate.close());
    for (int i = 0; i < 2; i++) {
      AttnPoolException e = assertThrows(AttnPoolException.class, gate::enter);
      assertEquals("use thing: the thing is closed", e.getMessage());
    }
    assertFalse(gate.close());
  }

  /** Nobody is inside once close has returned, to whichever closer. */
  @RepeatedTest(20)
  void nobodyIsInsideAfterClose() throws InterruptedException {
    CallGate gate = new CallGate("thing");
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger insideAfterClose = new AtomicInteger();
    AtomicInteger closers = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (true) {
                      try {
                        gate.enter();
                      } catch (AttnPoolException _) {
                        return;
                      }
                      inside.incrementAndGet();
                      Thread.onSpinWait();
                      inside.decrementAndGet();
                      gate.leave();
                    }
                  }));
    }
    for (int i = 0; i < 2; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    closers.addAndGet(gate.close() ? 1 : 0);
                    insideAfterClose.addAndGet(inside.get());
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(1, closers.get());
    assertEquals(0, insideAfterClose.get());
  }
}
