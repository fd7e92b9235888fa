package io.github.attnpool.cli.bench;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.LayerInfo;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.kernels.PeakProbe;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;

/** The processor's FMA peak: the best of all that was measured in this process. */
final class Peak {
  private static final Duration DURATION = Duration.ofMillis(100);

  private final Map<Precision, Double> best = new EnumMap<>(Precision.class);

  /** Measures it once more; without the native libraries, or on a GPU, there is none. */
  void measure(LayerInfo info) {
    if (isOnGpu(info)) {
      return;
    }
    Precision precision = info.precision();
    try {
      best.merge(precision, PeakProbe.flopsPerSecond(precision, DURATION), Math::max);
    } catch (AttnPoolException _) {
      // Backend jvm runs where they do not load; what needs them has said why they do not.
    }
  }

  private static boolean isOnGpu(LayerInfo info) {
    return info.backend().startsWith("cuda");
  }

  /** Operations per second of one thread, by precision; only where there is a peak. */
  Map<Precision, Double> ofOneThread() {
    Map<Precision, Double> measured = new EnumMap<>(best);
    measured.values().removeIf(rate -> rate == 0);
    return measured;
  }

  /**
   * Operations per second that a layer could do at most: of all its threads, as far as there is a
   * processor for each.
   */
  OptionalDouble of(LayerInfo info) {
    Double one = isOnGpu(info) ? null : ofOneThread().get(info.precision());
    int processors = Runtime.getRuntime().availableProcessors();
    return one == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(one * Math.min(info.threads(), processors));
  }
}
