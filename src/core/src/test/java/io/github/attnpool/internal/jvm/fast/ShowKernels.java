package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Plan;

/** Run in a forked JVM: prints which kernels a layer has, or why it has none. */
final class ShowKernels {
  private ShowKernels() {}

  public static void main(String[] args) {
    TileCase c = new TileCase(1, 3, 4, 5, 1, true);
    try (AttentionPooling layer =
        AttentionPooling.builder(c.parameters).backend("jvm").plan(Plan.FUSED).build()) {
      layer.pool(c.x, c.rows);
      System.out.println(layer.info().isa());
    } catch (AttnPoolException e) {
      System.out.println(e.getMessage());
    }
  }
}
