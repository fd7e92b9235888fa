package io.github.attnpool.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What can be said of times without a bound that a busy machine would break. */
class CallTimesTest {

  @Test
  void timesASlowCallAtLeastThreeTimesAfterOneUntimed() {
    AtomicLong calls = new AtomicLong();
    CallTimes times =
        CallTimes.measure(
            () -> {
              calls.incrementAndGet();
              sleep(Duration.ofMillis(5));
            },
            1e-9);
    assertEquals(4, calls.get());
    assertEquals(3, times.calls());
    assertTrue(times.medianNanos() >= 5e6, () -> "" + times.medianNanos());
    assertTrue(times.p99Nanos() >= times.medianNanos());
  }

  @Test
  void countsEveryCallOfAGroup() {
    AtomicLong calls = new AtomicLong();
    CallTimes times = CallTimes.measure(calls::incrementAndGet, 1e-3);
    assertTrue(times.calls() > 100, () -> "" + times.calls());
    assertTrue(times.calls() < calls.get(), "some are untimed");
    assertTrue(times.medianNanos() > 0 && times.medianNanos() <= times.p99Nanos());
  }

  @Test
  void knowsWhatStillGetsFaster() {
    double[] samples = new double[40];
    Arrays.fill(samples, 100);
    assertFalse(CallTimes.becameFaster(samples));
    samples[39] = 10;
    assertFalse(CallTimes.becameFaster(samples), "a single fast one is chance");
    Arrays.fill(samples, 30, 40, 95);
    assertFalse(CallTimes.becameFaster(samples), "a little faster is chance too");
    Arrays.fill(samples, 34, 40, 50);
    assertTrue(CallTimes.becameFaster(samples));
    assertFalse(CallTimes.becameFaster(new double[] {100, 50, 10}), "too few to tell");
  }

  private static void sleep(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}
