package io.github.attnpool.bench.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * A logarithmic axis of a chart.
 *
 * @param low smallest value, drawn at {@code from}
 * @param high largest value, drawn at {@code to}
 */
record LogAxis(double low, double high, double from, double to) {
  /** Returns where a value is drawn, to a tenth. */
  double at(double value) {
    double part = low == high ? 0.5 : Math.log(value / low) / Math.log(high / low);
    return Math.rint(10 * (from + part * (to - from))) / 10;
  }

  /** Returns the values 1, 2 and 5 times each power of ten that are on the axis. */
  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    for (double decade = Math.floor(Math.log10(low)); decade <= Math.log10(high); decade++) {
      for (int step : new int[] {1, 2, 5}) {
        double tick = step * Math.pow(10, decade);
        if (tick >= low && tick <= high) {
          ticks.add(tick);
        }
      }
    }
    return ticks;
  }
}
