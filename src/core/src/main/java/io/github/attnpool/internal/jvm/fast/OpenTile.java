package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.github.attnpool.Activation;
import io.github.attnpool.internal.maps.EffectiveMaps;
import io.github.attnpool.internal.maps.PlainLayer;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The tile that is worked on: its pooled rows and, if need be, its hidden units. Of one thread. */
final class OpenTile {
  private final int tileRows;
  private final int inputWidth;
  private final int width;
  private final int columns;
  private final int inputColumns; // 0 without a projection
  private final int unitsWidth; // D, or 2·D with a gate
  private final float[] rows; // [tileRows, columns], filled up to whole vectors with zeros
  private final @Nullable DenseRows projection; // null without one
  private final float[] input; // [tileRows, inputColumns], filled up with zeros
  private final @Nullable DenseRows hidden; // null in the linear form
  private final @Nullable DenseRows gate; // null without one
  private float[] units = {}; // [tileRows, unitsWidth]; empty until first needed
  private boolean hasUnits;
  private int count; // of rows in the tile

  OpenTile(JvmTileProgram program) {
    PlainLayer parameters = program.parameters();
    PackedLayer layer = program.layer();
    TileKernels kernels = program.kernels();
    this.tileRows = program.tileRows();
    this.inputWidth = parameters.inputWidth();
    this.width = parameters.width();
    this.columns = program.columns();
    this.inputColumns = layer.projection == null ? 0 : layer.projection.inputs;
    this.unitsWidth = Math.toIntExact(EffectiveMaps.rowUnits(parameters));
    this.rows = DenseRows.room(tileRows, columns);
    this.projection = dense(kernels, layer.projection, parameters.projectionActivation());
    this.input = DenseRows.room(tileRows, inputColumns);
    this.hidden = dense(kernels, layer.hidden, Activation.IDENTITY);
    this.gate = dense(kernels, layer.gate, Activation.IDENTITY);
  }

  private static @Nullable DenseRows dense(
      TileKernels kernels, @Nullable PackedWeights map, Activation activation) {
    return map == null ? null : new DenseRows(kernels, map, activation);
  }

  /** Opens a tile of rows of x. */
  void open(MemorySegment x, long offset, int count) {
    this.count = count;
    hasUnits = false;
    if (projection == null) {
      read(x, offset, width, rows, columns);
    } else {
      read(x, offset, inputWidth, input, inputColumns);
      projection.apply(input, count, rows, 0, columns);
    }
  }

  /** Opens a tile of rows as they are pooled, with their hidden units. */
  void open(MemorySegment x, long offset, MemorySegment units, long unitsOffset, int count) {
    this.count = count;
    read(x, offset, width, rows, columns);
    read(units, unitsOffset, unitsWidth, unitsRoom(), unitsWidth);
    hasUnits = true;
  }

  private void read(MemorySegment from, long offset, int width, float[] to, int stride) {
    if (stride == width) {
      MemorySegment.copy(from, JAVA_FLOAT_UNALIGNED, offset, to, 0, count * width);
      return;
    }
    for (int t = 0; t < count; t++) {
      long at = offset + (long) t * width * Float.BYTES;
      MemorySegment.copy(from, JAVA_FLOAT_UNALIGNED, at, to, t * stride, width);
    }
  }

  private float[] unitsRoom() {
    if (units.length == 0) {
      units = DenseRows.room(tileRows, unitsWidth);
    }
    return units;
  }

  /** Returns the pooled rows, [rows, columns], with room for whole quads. */
  float[] rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  /** Whether the hidden units have been given or computed. */
  boolean hasUnits() {
    return hasUnits;
  }

  /** Hidden units, [rows, {@link #unitsWidth}], with room for whole quads. */
  float[] units() {
    if (!hasUnits) {
      Objects.requireNonNull(hidden, "hidden").apply(rows, count, unitsRoom(), 0, unitsWidth);
      if (gate != null) {
        gate.apply(rows, count, units, unitsWidth / 2, unitsWidth);
      }
      hasUnits = true;
    }
    return units;
  }

  /** D, or 2·D with a gate. */
  int unitsWidth() {
    return unitsWidth;
  }

  void copyUnits(int count, MemorySegment to, long offset) {
    MemorySegment.copy(units(), 0, to, JAVA_FLOAT_UNALIGNED, offset, count * unitsWidth);
  }

  void copyRows(int count, MemorySegment to, long offset) {
    for (int t = 0; t < count; t++) {
      long at = offset + (long) t * width * Float.BYTES;
      MemorySegment.copy(rows, t * columns, to, JAVA_FLOAT_UNALIGNED, at, width);
    }
  }
}
