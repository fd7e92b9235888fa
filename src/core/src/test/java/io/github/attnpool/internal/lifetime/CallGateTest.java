package io.github.attnpool.internal.lifetime;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
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

  /** Waiting calls are let in one for each place that gets free, in the order of their coming. */
  @Test
  void waitingCallsComeInTurn() throws InterruptedException {
    CallGate gate = new CallGate("thing", 2);
    gate.enter();
    gate.enter();
    Semaphore leave = new Semaphore(0);
    BlockingQueue<Integer> entered = new LinkedBlockingQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int number = i;
      Thread thread =
          Thread.ofPlatform()
              .start(
                  () -> {
                    gate.enter();
                    entered.add(number);
                    leave.acquireUninterruptibly();
                    gate.leave();
                  });
      threads.add(thread);
      awaitState(thread, Thread.State.WAITING);
    }
    assertTrue(entered.isEmpty());
    gate.leave();
    for (int i = 0; i < threads.size(); i++) {
      assertEquals(i, entered.take());
      if (i % 10 == 0) {
        Thread.sleep(2); // would be enough for a second one
      }
      assertTrue(entered.isEmpty());
      leave.release();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    gate.leave();
    assertTrue(gate.close());
  }

  /** Close refuses at once, though the call that holds the place does not end. */
  @Test
  void closeRefusesWaitingCalls() throws InterruptedException {
    CallGate gate = new CallGate("thing", 1);
    gate.enter();
    BlockingQueue<String> refusals = new LinkedBlockingQueue<>();
    for (int i = 0; i < 20; i++) {
      Thread thread =
          Thread.ofPlatform()
              .start(
                  () ->
                      refusals.add(
                          assertThrows(AttnPoolException.class, gate::enter).getMessage()));
      awaitState(thread, Thread.State.WAITING);
    }
    Thread closer = Thread.ofPlatform().start(gate::close);
    for (int i = 0; i < 20; i++) {
      assertEquals("use thing: the thing is closed", refusals.take());
    }
    assertTrue(closer.isAlive());
    gate.leave();
    closer.join();
  }

  /** An interrupt does not end the waiting, and is not lost. */
  @Test
  void aWaitingCallKeepsItsInterrupt() throws InterruptedException {
    CallGate gate = new CallGate("thing", 1);
    gate.enter();
    AtomicInteger interrupts = new AtomicInteger();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  gate.enter();
                  interrupts.addAndGet(Thread.interrupted() ? 1 : 0);
                  gate.leave();
                });
    awaitState(thread, Thread.State.WAITING);
    thread.interrupt();
    gate.leave();
    thread.join();
    assertEquals(1, interrupts.get());
  }

  /** Virtual threads neither wait for a place nor take one. */
  @Test
  void virtualThreadsPass() throws InterruptedException {
    CallGate gate = new CallGate("thing", 1);
    gate.enter();
    CountDownLatch inside = new CountDownLatch(3);
    CountDownLatch door = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      threads.add(
          Thread.startVirtualThread(
              () -> {
                gate.enter();
                inside.countDown();
                assertDoesNotThrow(() -> door.await());
                gate.leave();
              }));
    }
    inside.await();
    gate.leave();
    gate.enter();
    gate.leave();
    Thread closer = Thread.ofPlatform().start(gate::close);
    awaitState(closer, Thread.State.WAITING);
    door.countDown();
    closer.join();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** More threads than places, whose calls take no time: none is lost, and none is too many. */
  @RepeatedTest(3)
  void neverMoreThanPlaces() throws InterruptedException {
    CallGate gate = new CallGate("thing", 3);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int call = 0; call < 5_000; call++) {
                      gate.enter();
                      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                      inside.decrementAndGet();
                      gate.leave();
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertTrue(most.get() <= 3, "inside were " + most);
    assertTrue(gate.close());
  }

  private static void awaitState(Thread thread, Thread.State state) {
    while (thread.getState() != state) {
      Thread.onSpinWait();
    }
  }
}
