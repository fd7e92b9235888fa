package io.github.attnpool.internal.cuda.gpucheck;

import java.util.Arrays;
import java.util.Locale;

/** What samples of a time say, in seconds. */
record GpuTime(double median, double min, double max) {
  /** Sorts the samples. */
  static GpuTime of(double[] seconds) {
    Arrays.sort(seconds);
    return new GpuTime(seconds[seconds.length / 2], seconds[0], seconds[seconds.length - 1]);
  }

  /** The median, and in brackets the least and the most. */
  String millis() {
    return text(1e3, "%.4f (%.4f–%.4f)");
  }

  /** The same in microseconds. */
  String micros() {
    return text(1e6, "%.1f (%.1f–%.1f)");
  }

  private String text(double unit, String format) {
    return String.format(Locale.ROOT, format, unit * median, unit * min, unit * max);
  }
}
