package io.github.attnpool.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.bench.peer.Peer;
import io.github.attnpool.bench.peer.Result;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
  private static final Rounds ROUNDS = new Rounds(6, Duration.ofMillis(1), Duration.ZERO);

  @Test
  void everyPeerTakesPartInEveryRound() throws InterruptedException {
    List<Timing> timings = ROUNDS.run(List.of(new FakePeer(10_000), new FakePeer(200_000)));
    assertEquals(6, timings.getFirst().rounds());
    assertEquals(10_000, timings.getFirst().median(), 1);
    assertEquals(200_000, timings.getLast().median(), 1);
    assertEquals(20, timings.getLast().ratioTo(timings.getFirst()), 1e-9);
  }

  @Test
  void slowPeerSitsRoundsOut() throws InterruptedException {
    FakePeer slow = new FakePeer(20_000_000);
    Timing timing = ROUNDS.run(List.of(slow)).getFirst();
    assertEquals(3, timing.rounds());
    assertEquals(4, slow.calls); // one of them to warm up
  }

  @Test
  void hopelessPeerIsCalledOnce() throws InterruptedException {
    FakePeer hopeless = new FakePeer(2_000_000_000);
    Timing timing = ROUNDS.run(List.of(hopeless)).getFirst();
    assertEquals(1, hopeless.calls);
    assertEquals(1, timing.count());
  }

  @Test
  void fastPeerIsCalledOftenEnoughForTheClock() throws InterruptedException {
    FakePeer fast = new FakePeer(100);
    ROUNDS.run(List.of(fast));
    assertTrue(fast.largestRepeat >= 200, "repeat " + fast.largestRepeat);
  }

  /** Says that each call takes the same time, and takes none. */
  private static final class FakePeer implements Peer {
    private final long nanos;
    private int calls;
    private int largestRepeat;

    FakePeer(long nanos) {
      this.nanos = nanos;
    }

    @Override
    public String runsOn() {
      return "fake";
    }

    @Override
    public long[] time(int samples, int repeat) {
      calls += samples * repeat;
      largestRepeat = Math.max(largestRepeat, repeat);
      long[] all = new long[samples];
      Arrays.fill(all, nanos * repeat);
      return all;
    }

    @Override
    public Result result(int input) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
