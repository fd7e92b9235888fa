package io.github.attnpool.internal.jvm;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.ElementType;
import io.github.attnpool.Linear;
import io.github.attnpool.internal.fused.TileMath;
import io.github.attnpool.internal.fused.TileProgram;

/** A layer's parameters for tiles in pure Java. Rows and units are filled up to whole vectors. */
final class JvmTileProgram implements TileProgram {
  private static final int MAX_ROWS = 256;
  private static final int MIN_ROWS = 16;
  private static final long TILE_BYTES = 384 << 10; // of x; the rest of a 1 MiB L2 is for weights

  private final AttentionParameters parameters;
  private final TileKernels kernels;
  private final int tileRows;
  private final PackedWeights hidden; // null in the linear form
  private final PackedWeights output; // null without an output layer
  private final float[] a; // [R, D], or [R, H] in the linear form
  private final float[] c;

  JvmTileProgram(AttentionParameters parameters, TileKernels kernels) {
    this.parameters = parameters;
    this.kernels = kernels;
    this.tileRows = tileRows(parameters.width());
    this.hidden = parameters.hidden().map(kernels::pack).orElse(null);
    this.output = parameters.output().map(kernels::pack).orElse(null);
    Linear score = parameters.score();
    int padded = Padding.up(score.inputs(), kernels.lanes());
    this.a = Padding.rows(score.weight(), score.outputs(), score.inputs(), padded);
    this.c = score.bias().orElseGet(() -> new float[score.outputs()]);
  }

  /** By the width alone: a block of a long sequence is a tile, so it shows in the last bits. */
  private static int tileRows(int width) {
    int rows = MAX_ROWS;
    while (rows > MIN_ROWS && (long) rows * width * Float.BYTES > TILE_BYTES) {
      rows /= 2;
    }
    return rows;
  }

  @Override
  public int tileRows() {
    return tileRows;
  }

  @Override
  public boolean takes(ElementType type) {
    return type == ElementType.F32;
  }

  @Override
  public boolean needsNativeMemory() {
    return false;
  }

  @Override
  public TileMath newMath() {
    return new JvmTileMath(this);
  }

  @Override
  public String isa() {
    return kernels.isa();
  }

  TileKernels kernels() {
    return kernels;
  }

  int width() {
    return parameters.width();
  }

  /** The width, filled up to whole vectors. */
  int columns() {
    return Padding.up(parameters.width(), kernels.lanes());
  }

  int heads() {
    return parameters.heads();
  }

  int outputs() {
    return parameters.outputs();
  }

  PackedWeights hidden() {
    return hidden;
  }

  PackedWeights output() {
    return output;
  }

  float[] a() {
    return a;
  }

  float c(int head) {
    return c[head];
  }

  @Override
  public void close() {
    // Everything is on the heap.
  }
}
