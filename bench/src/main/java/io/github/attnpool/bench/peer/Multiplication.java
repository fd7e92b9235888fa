package io.github.attnpool.bench.peer;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A matrix product that every row of a layer passes.
 *
 * @param source index of the product that it takes the results of; -1 for x
 * @param map its weights; the bias is not used
 */
record Multiplication(int source, Linear map) {
  /** The input of the first products. */
  static final int X = -1;

  /** Scores of so many heads are a matrix product, and so is their pooling. */
  static final int MANY_HEADS = 64;

  /**
   * Returns the products of a layer, in an order in which they can run. Scores count if they are
   * many. The last map of the values does not count: it can be applied to contexts.
   */
  static List<Multiplication> of(AttentionParameters parameters) {
    List<Multiplication> products = new ArrayList<>();
    int rows = X;
    for (Linear map : maps(parameters.rows())) {
      rows = add(products, rows, map);
    }
    boolean scored = parameters.heads() >= MANY_HEADS;
    List<Linear> hidden = maps(parameters.hidden());
    int units = rows;
    if (scored || parameters.gate().isEmpty()) {
      for (Linear map : hidden) {
        units = add(products, units, map);
      }
      int gate = rows;
      for (Linear map : maps(parameters.gate())) {
        gate = add(products, gate, map);
      }
    } else if (!hidden.isEmpty()) {
      products.add(stacked(rows, hidden.getFirst(), maps(parameters.gate()).getFirst()));
    }
    if (scored) {
      add(products, units, maps(parameters.score()).getFirst());
    }
    List<Linear> values = maps(parameters.values());
    int value = rows;
    for (int i = 0; i + 1 < values.size(); i++) {
      value = add(products, value, values.get(i));
    }
    return products;
  }

  private static List<Linear> maps(List<Step> stage) {
    return stage.stream()
        .flatMap(step -> step instanceof Linear map ? Stream.of(map) : Stream.empty())
        .toList();
  }

  private static int add(List<Multiplication> products, int source, Linear map) {
    products.add(new Multiplication(source, map));
    return products.size() - 1;
  }

  /** Returns W, with V below it. */
  private static Multiplication stacked(int source, Linear w, Linear v) {
    float[] both = Arrays.copyOf(w.weight(), w.weight().length + v.weight().length);
    System.arraycopy(v.weight(), 0, both, w.weight().length, v.weight().length);
    return new Multiplication(
        source, Linear.of(w.outFeatures() + v.outFeatures(), w.inFeatures(), both));
  }
}
