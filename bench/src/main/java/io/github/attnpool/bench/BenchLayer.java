package io.github.attnpool.bench;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.LayerInfo;
import io.github.attnpool.Plan;

/** Builds the layer of a JMH benchmark and makes sure of what runs. */
final class BenchLayer {
  private BenchLayer() {}

  /**
   * The layer; prints what it runs on.
   *
   * @param isa the tier that it must have, or any
   * @throws IllegalStateException if something else would run than was asked for
   */
  static AttentionPooling build(
      BenchModel model,
      String backend,
      String plan,
      Arithmetic arithmetic,
      int threads,
      String isa) {
    AttentionPooling layer =
        AttentionPooling.builder(model.parameters())
            .backend(backend)
            .plan(Plan.valueOf(plan))
            .precision(arithmetic.precision())
            .threads(threads)
            .build();
    LayerInfo info = layer.info();
    System.out.println("runs on " + info);
    if (!info.backend().equals(backend) || !(isa.equals("any") || info.isa().equals(isa))) {
      layer.close();
      throw new IllegalStateException("asked for " + backend + " on " + isa + ", got " + info);
    }
    return layer;
  }
}
