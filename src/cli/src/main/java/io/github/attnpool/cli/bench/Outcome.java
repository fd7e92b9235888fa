package io.github.attnpool.cli.bench;

import io.github.attnpool.LayerInfo;
import io.github.attnpool.cli.options.LayerOptions.Settings;

/** What became of a case. */
sealed interface Outcome {
  /** Its size. */
  Shape shape();

  /**
   * It ran.
   *
   * @param info what really ran: staged plans use one thread, whatever was asked for
   */
  record Measured(Shape shape, LayerInfo info, CallTimes times) implements Outcome {
    double medianMillis() {
      return times.medianNanos() / 1e6;
    }

    double p99Millis() {
      return times.p99Nanos() / 1e6;
    }

    /** At the median, as is every rate. */
    double flopsPerSecond() {
      return shape.flops() / times.medianNanos() * 1e9;
    }

    double rowsPerSecond() {
      return shape.rows() / times.medianNanos() * 1e9;
    }
  }

  /**
   * It could not run.
   *
   * @param reason in plain words
   */
  record NotRun(Shape shape, Settings settings, String reason, Throwable cause)
      implements Outcome {}
}
