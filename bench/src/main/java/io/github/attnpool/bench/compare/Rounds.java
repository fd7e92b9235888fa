package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.peer.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Times peers interleaved: in every round each peer gets a slice of time, and every round starts
 * with another peer. A machine that slows down for a while slows all of them.
 *
 * @param count number of rounds
 * @param slice a peer's time in one round
 * @param warmUp a peer's time before the first round; longer while the peer still becomes faster
 */
record Rounds(int count, Duration slice, Duration warmUp) {
  private static final double SAMPLE_NANOS = 20_000; // so that reading the clock does not matter
  private static final int MAX_SAMPLES = 100_000;
  private static final double IMPROVEMENT = 0.9;
  private static final int MAX_WARM_UPS = 10;
  private static final double HOPELESS = 4; // times the whole budget, and at least a second
  private static final double HOPELESS_NANOS = 1e9;
  // Idle threads of a library may spin for some milliseconds; they must not slow the next peer.
  private static final long PAUSE_MILLIS = 8;

  /** Returns the timings of the peers, in their order. */
  List<Timing> run(List<? extends Peer> peers) throws InterruptedException {
    List<Turn> turns = new ArrayList<>();
    for (Peer peer : peers) {
      Thread.sleep(PAUSE_MILLIS);
      turns.add(new Turn(peer));
    }
    for (int round = 0; round < count; round++) {
      for (int i = 0; i < turns.size(); i++) {
        turns.get((round + i) % turns.size()).take(round);
      }
    }
    return turns.stream().map(turn -> turn.timing).toList();
  }

  /** One peer, which takes its slice of each round. */
  private final class Turn {
    private final Peer peer;
    private final Timing timing = new Timing();
    private final double estimate; // nanoseconds per call
    private final int repeat;

    Turn(Peer peer) {
      this.peer = peer;
      double fastest = Double.POSITIVE_INFINITY;
      int calls = 1;
      long start = System.nanoTime();
      long improved = start;
      long now = start;
      while (now - improved <= warmUp.toNanos() && now - start <= MAX_WARM_UPS * warmUp.toNanos()) {
        double nanos = peer.time(1, calls)[0] / (double) calls;
        now = System.nanoTime();
        if (nanos < IMPROVEMENT * fastest) {
          improved = now;
        }
        fastest = Math.min(fastest, nanos);
        calls = repeatFor(fastest);
      }
      this.estimate = fastest;
      this.repeat = calls;
    }

    private static int repeatFor(double nanos) {
      return (int) Math.max(1, Math.ceil(SAMPLE_NANOS / nanos));
    }

    void take(int round) throws InterruptedException {
      boolean hopeless = estimate > Math.max(HOPELESS_NANOS, HOPELESS * count * slice.toNanos());
      if (hopeless && timing.rounds() == 0) {
        timing.add(round, new double[] {estimate}); // its warm-up must do
      }
      if (hopeless || round % stride() != 0) {
        return;
      }
      Thread.sleep(PAUSE_MILLIS);
      int samples = Math.clamp((long) (slice.toNanos() / (estimate * repeat)), 1, MAX_SAMPLES);
      long[] nanos = peer.time(samples, repeat);
      double[] perCall = new double[nanos.length];
      for (int i = 0; i < nanos.length; i++) {
        perCall[i] = nanos[i] / (double) repeat;
      }
      timing.add(round, perCall);
    }

    /** Returns n for a slow peer, which takes part only in every n-th round, at least three. */
    private int stride() {
      double wanted = Math.min(count, Math.ceil(estimate / slice.toNanos()));
      return Math.clamp((long) wanted, 1, Math.max(1, Math.ceilDiv(count, 3)));
    }
  }
}
