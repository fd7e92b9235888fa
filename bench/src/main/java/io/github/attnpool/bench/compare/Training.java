package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchModel;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.Inputs;
import io.github.attnpool.bench.peer.NotOffered;
import io.github.attnpool.bench.peer.Peer;
import io.github.attnpool.bench.peer.PeerKind;
import io.github.attnpool.bench.peer.Work;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.List;

/**
 * Runs peers on a small shape until they get no faster, so that their Java code is compiled before
 * anything is measured, as it is in a service.
 */
final class Training {
  private static final Duration WITHOUT_IMPROVEMENT = Duration.ofMillis(1500);
  private static final Duration AT_MOST = Duration.ofSeconds(20);
  private static final double IMPROVEMENT = 0.9;

  private Training() {}

  /**
   * Trains each peer.
   *
   * @param words words of the form of the layer
   */
  static void of(List<PeerKind> kinds, String words) {
    BenchModel model = new BenchModel(BenchShape.parse("2x128x64-64" + words));
    try (Arena arena = Arena.ofShared()) {
      Arithmetic arithmetic = Arithmetic.F32;
      Inputs inputs = Inputs.of(model, arithmetic.input(), 1, arena);
      for (PeerKind kind : kinds) {
        try (Peer peer = kind.prepare(new Work(model, arithmetic, 1, inputs))) {
          run(peer);
        } catch (NotOffered e) {
          // Nothing to compile; the cases will say why.
        }
      }
    }
  }

  private static void run(Peer peer) {
    long start = System.nanoTime();
    long now = start;
    long improved = start;
    long fastest = Long.MAX_VALUE;
    while (now - improved < WITHOUT_IMPROVEMENT.toNanos() && now - start < AT_MOST.toNanos()) {
      long nanos = peer.time(1, 1)[0];
      now = System.nanoTime();
      if (nanos < IMPROVEMENT * fastest) {
        improved = now;
      }
      fastest = Math.min(fastest, nanos);
    }
  }
}
