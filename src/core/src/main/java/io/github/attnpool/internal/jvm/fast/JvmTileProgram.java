package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.ElementType;
import io.github.attnpool.internal.fused.TileMath;
import io.github.attnpool.internal.fused.TileProgram;
import io.github.attnpool.internal.maps.PlainLayer;

/** A layer's parameters for tiles in pure Java. Rows and units are filled up to whole vectors. */
public final class JvmTileProgram implements TileProgram {
  private static final int MAX_ROWS = 256;
  private static final int MIN_ROWS = 16;
  private static final long TILE_BYTES = 384 << 10; // of x; the rest of a 1 MiB L2 is for weights

  private final PlainLayer parameters;
  private final TileKernels kernels;
  private final int tileRows;
  private final PackedLayer layer;

  /** With the kernels that the system property names: {@link KernelChoice}. */
  public static JvmTileProgram of(PlainLayer parameters) {
    return new JvmTileProgram(parameters, KernelChoice.choose());
  }

  JvmTileProgram(PlainLayer parameters, TileKernels kernels) {
    this.parameters = parameters;
    this.kernels = kernels;
    this.tileRows = tileRows(Math.max(parameters.inputWidth(), parameters.width()));
    this.layer = new PackedLayer(parameters, kernels);
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

  /** Java reads everything itself. */
  @Override
  public boolean canRead(ElementType type) {
    return false;
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

  PlainLayer parameters() {
    return parameters;
  }

  TileKernels kernels() {
    return kernels;
  }

  PackedLayer layer() {
    return layer;
  }

  /** The width of a pooled row, filled up to whole vectors. */
  int columns() {
    return Padding.up(parameters.width(), kernels.lanes());
  }

  @Override
  public void close() {
    // Everything is on the heap.
  }
}
