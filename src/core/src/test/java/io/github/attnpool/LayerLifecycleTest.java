package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Closing a layer twice, too early, too late and never. */
@Timeout(60)
class LayerLifecycleTest {
  private static final float[] ROWS = new float[4];

  private final FakeBackend backend = new FakeBackend();

  @Test
  void closingTwiceFreesOnce() {
    AttentionPooling layer = backend.layer();
    layer.pool(ROWS, 2);
    layer.close();
    layer.close();
    assertEquals(1, backend.closed.get());
  }

  @Test
  void callsAfterCloseFail() {
    AttentionPooling layer = backend.layer();
    layer.close();
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> layer.pool(ROWS, 2));
    assertEquals("use layer: the layer is closed", e.getMessage());
    assertEquals(0, backend.calls.get());
    assertEquals("fake", layer.info().backend());
    assertEquals(2, layer.parameters().width());
  }

  @Test
  void closeWaitsForRunningCalls() throws InterruptedException {
    backend.door = new CountDownLatch(1);
    AttentionPooling layer = backend.layer();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      callers.add(Thread.startVirtualThread(() -> layer.pool(ROWS, 2)));
      callers.add(Thread.ofPlatform().start(() -> layer.pool(ROWS, 2)));
    }
    while (backend.running.get() < callers.size()) {
      Thread.onSpinWait();
    }
    List<Thread> closers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      closers.add(Thread.ofPlatform().start(layer::close));
    }
    Thread.sleep(50); // would be enough for a close that does not wait
    assertEquals(0, backend.closed.get());
    assertTrue(closers.stream().allMatch(Thread::isAlive));
    backend.door.countDown();
    for (Thread closer : closers) {
      closer.join();
    }
    assertEquals(1, backend.closed.get());
    assertEquals(0, backend.closedWhileRunning.get());
    for (Thread caller : callers) {
      caller.join();
    }
  }

  @Test
  void closeRefusesCallsThatWait() throws InterruptedException {
    backend.maxCalls = 2;
    backend.door = new CountDownLatch(1);
    AttentionPooling layer = backend.layer();
    AtomicInteger refused = new AtomicInteger();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      callers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      layer.pool(ROWS, 2);
                    } catch (AttnPoolException e) {
                      assertEquals("use layer: the layer is closed", e.getMessage());
                      refused.incrementAndGet();
                    }
                  }));
    }
    while (callers.stream().anyMatch(caller -> caller.getState() != Thread.State.WAITING)) {
      Thread.onSpinWait();
    }
    assertEquals(2, backend.running.get());
    Thread closer = Thread.ofPlatform().start(layer::close);
    while (refused.get() < 4) {
      Thread.onSpinWait();
    }
    assertEquals(0, backend.closed.get());
    backend.door.countDown();
    closer.join();
    assertEquals(1, backend.closed.get());
    assertEquals(2, backend.calls.get());
    for (Thread caller : callers) {
      caller.join();
    }
  }

  @Test
  void interruptedCloseWaitsAndKeepsTheInterrupt() throws InterruptedException {
    backend.door = new CountDownLatch(1);
    AttentionPooling layer = backend.layer();
    Thread caller = Thread.ofPlatform().start(() -> layer.pool(ROWS, 2));
    while (backend.running.get() < 1) {
      Thread.onSpinWait();
    }
    boolean[] interrupted = new boolean[1];
    Thread closer =
        Thread.ofPlatform()
            .start(
                () -> {
                  Thread.currentThread().interrupt();
                  layer.close();
                  interrupted[0] = Thread.currentThread().isInterrupted();
                });
    Thread.sleep(50);
    assertEquals(0, backend.closed.get());
    backend.door.countDown();
    closer.join();
    caller.join();
    assertEquals(1, backend.closed.get());
    assertTrue(interrupted[0]);
  }

  @Test
  void aFailedCallDoesNotKeepTheLayerOpen() {
    backend.failure = new StackOverflowError();
    AttentionPooling layer = backend.layer();
    assertThrows(StackOverflowError.class, () -> layer.pool(ROWS, 2));
    layer.close();
    assertEquals(1, backend.closed.get());
  }

  /** What the JVM throws where a page of a mapped file is gone. */
  @Test
  void anInternalErrorBecomesOurException() {
    backend.failure = new InternalError("a fault occurred in an unsafe memory access operation");
    try (AttentionPooling layer = backend.layer()) {
      AttnPoolException e = assertThrows(AttnPoolException.class, () -> layer.pool(ROWS, 2));
      assertTrue(e.getMessage().contains("was a mapped file cut?"), e.getMessage());
    }
  }

  @Test
  void aForgottenLayerIsFreed() throws InterruptedException {
    backend.layer().pool(ROWS, 2);
    while (backend.closed.get() == 0) {
      System.gc();
      Thread.sleep(10);
    }
    assertEquals(1, backend.closed.get());
  }

  @Test
  void aLayerInACallIsNotForgotten() throws InterruptedException {
    backend.door = new CountDownLatch(1);
    Thread caller = Thread.ofPlatform().start(() -> backend.layer().pool(ROWS, 2));
    while (backend.running.get() < 1) {
      Thread.onSpinWait();
    }
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertEquals(0, backend.closed.get());
    backend.door.countDown();
    caller.join();
    while (backend.closed.get() == 0) {
      System.gc();
      Thread.sleep(10);
    }
    assertEquals(0, backend.closedWhileRunning.get());
    assertFalse(caller.isAlive());
  }
}
