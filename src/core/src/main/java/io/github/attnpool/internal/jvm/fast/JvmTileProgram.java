package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.ElementType;
import io.github.attnpool.internal.fused.TileMath;
import io.github.attnpool.internal.fused.TileProgram;
import io.github.attnpool.internal.maps.LayerForm;

/** A layer's parameters for tiles in pure Java. Rows and units are filled up to whole vectors. */
public final class JvmTileProgram implements TileProgram {
  private static final int MAX_ROWS = 256;
  private static final int MIN_ROWS = 16;
  private static final long TILE_BYTES = 384 << 10; // of x; the rest of a 1 MiB L2 is for weights

  private final LayerForm form;
  private final TileKernels kernels;
  private final int tileRows;
  private final PackedLayer layer;

  /** With the kernels that the system property names: {@link KernelChoice}. */
  public static JvmTileProgram of(LayerForm form) {
    return new JvmTileProgram(form, KernelChoice.choose());
  }

  JvmTileProgram(LayerForm form, TileKernels kernels) {
    this.form = form;
    this.kernels = kernels;
    this.tileRows = tileRows(widest(form));
    this.layer = new PackedLayer(form, kernels);
  }

  /** The widest rows that the tile keeps: of x, of the scored rows, and of what is pooled. */
  private static int widest(LayerForm form) {
    int width = Math.max(form.inputWidth(), form.rowWidth());
    return Math.max(width, form.values().width());
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

  LayerForm form() {
    return form;
  }

  TileKernels kernels() {
    return kernels;
  }

  PackedLayer layer() {
    return layer;
  }

  @Override
  public void close() {
    // Everything is on the heap.
  }
}
