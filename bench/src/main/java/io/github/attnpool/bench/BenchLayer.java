package io.github.attnpool.bench;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.LayerInfo;
import io.github.attnpool.Plan;

/** Builds the layer of a JMH benchmark and checks what runs. */
final class BenchLayer {
  private BenchLayer() {}

  /**
   * Builds a layer and prints what it runs on.
   *
   * @param isa the instruction set that it must run on, or any
   * @throws IllegalStateException if something other than asked for would run
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
