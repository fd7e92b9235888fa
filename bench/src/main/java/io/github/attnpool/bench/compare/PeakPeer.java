package io.github.attnpool.bench.compare;

import io.github.attnpool.Precision;
import io.github.attnpool.bench.peer.Peer;
import io.github.attnpool.bench.peer.Result;
import io.github.attnpool.internal.kernels.PeakProbe;
import java.time.Duration;
import java.util.Optional;

/**
 * The processor itself as a peer, so that its peak is measured interleaved with the peers. A call
 * is 10⁹ floating-point operations of multiply-adds that never leave the registers, in one thread.
 */
final class PeakPeer implements Peer {
  static final double FLOPS_PER_CALL = 1e9;
  private static final Duration SAMPLE = Duration.ofMillis(4);

  private final Precision precision;

  private PeakPeer(Precision precision) {
    this.precision = precision;
  }

  /** Returns nothing if the processor has no instructions for the precision. */
  static Optional<PeakPeer> of(Precision precision) {
    return PeakProbe.flopsPerSecond(precision, SAMPLE) > 0
        ? Optional.of(new PeakPeer(precision))
        : Optional.empty();
  }

  @Override
  public String runsOn() {
    return "registers";
  }

  @Override
  public long[] time(int samples, int repeat) {
    long[] nanos = new long[samples];
    for (int i = 0; i < samples; i++) {
      double rate = PeakProbe.flopsPerSecond(precision, SAMPLE);
      nanos[i] = (long) (repeat * FLOPS_PER_CALL / rate * 1e9);
    }
    return nanos;
  }

  @Override
  public Result result(int input) {
    throw new UnsupportedOperationException("the peak probe computes nothing");
  }

  @Override
  public void close() {}
}
