package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.github.attnpool.Activation;
import io.github.attnpool.internal.maps.LayerForm;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The tile that is worked on: its scored rows, the values that are pooled and, if need be, its
 * hidden units. Of one thread.
 */
final class OpenTile {
  private final int tileRows;
  private final int inputWidth;
  private final int width;
  private final int columns;
  private final int unitsWidth; // D, or 2·D with a gate
  private final boolean poolsInput;
  private final StageRows stage;
  private final StageRows valueStage;
  private final float[] input; // [tileRows, inputColumns], filled up to whole vectors with zeros
  private final int inputColumns;
  private final @Nullable DenseRows hidden; // null in the linear form
  private final @Nullable DenseRows gate; // null without one
  private final int[] places; // of the rows in their sequences, where a step bias needs them
  private float[] given = {}; // [tileRows, columns]: rows that come with their units
  private float[] rows = {}; // [tileRows, columns], the scored ones
  private float @Nullable [] values; // null until first needed
  private float[] units = {}; // [tileRows, unitsWidth]; empty until first needed
  private boolean hasUnits;
  private int count; // of rows in the tile
  private long number; // of tiles so far

  OpenTile(JvmTileProgram program) {
    LayerForm form = program.form();
    PackedLayer layer = program.layer();
    TileKernels kernels = program.kernels();
    this.tileRows = program.tileRows();
    this.inputWidth = form.inputWidth();
    this.width = form.rowWidth();
    this.columns = layer.rows.columns();
    this.inputColumns = layer.rows.inputColumns();
    this.unitsWidth = Math.toIntExact(form.firstUnits());
    this.poolsInput = form.values().isInput();
    this.places = new int[form.hasStepBias() ? tileRows : 0];
    this.stage = new StageRows(layer.rows, tileRows, !poolsInput, places);
    this.valueStage = new StageRows(layer.values, tileRows, false, places);
    this.input = DenseRows.room(tileRows, inputColumns);
    this.hidden = dense(kernels, layer.hidden);
    this.gate = dense(kernels, layer.gate);
  }

  private static @Nullable DenseRows dense(TileKernels kernels, @Nullable PackedWeights map) {
    return map == null ? null : new DenseRows(kernels, map, Activation.IDENTITY);
  }

  /** Opens a tile of rows of x. */
  void open(MemorySegment x, long offset, int count) {
    start(count);
    read(x, offset, inputWidth, input, inputColumns);
    rows = stage.apply(input, 0, count);
  }

  /** Opens a tile of rows as they are pooled, with their hidden units. */
  void open(MemorySegment x, long offset, MemorySegment units, long unitsOffset, int count) {
    start(count);
    if (given.length == 0) {
      given = DenseRows.room(tileRows, columns);
    }
    read(x, offset, width, given, columns);
    rows = given;
    read(units, unitsOffset, unitsWidth, unitsRoom(), unitsWidth);
    hasUnits = true;
  }

  private void start(int count) {
    this.count = count;
    number++;
    hasUnits = false;
    values = null;
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

  /** Returns the scored rows, [rows, columns], with room for whole quads. */
  float[] rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  /** Returns what is pooled, [rows, {@link #valueColumns}]. */
  float[] values() {
    if (values == null) {
      values = poolsInput ? input : valueStage.apply(rows, 0, count);
    }
    return values;
  }

  int valueColumns() {
    return poolsInput ? inputColumns : valueStage.columns();
  }

  /** Returns the number of rows. */
  int count() {
    return count;
  }

  /** Returns the number of tiles opened so far. */
  long number() {
    return number;
  }

  /** Notes the places of rows in their sequence, from one on. */
  void place(int first, int count, long place) {
    for (int t = 0; t < count; t++) {
      places[first + t] = Math.toIntExact(place + t);
    }
  }

  /** Returns the places of the rows in their sequences. */
  int[] places() {
    return places;
  }

  /** Whether the hidden units have been given or computed. */
  boolean hasUnits() {
    return hasUnits;
  }

  /** Hidden units, [rows, {@link #unitsWidth}], with room for whole quads. */
  float[] units() {
    if (!hasUnits) {
      Objects.requireNonNull(hidden, "hidden").apply(rows, 0, count, unitsRoom(), 0, unitsWidth);
      if (gate != null) {
        gate.apply(rows, 0, count, units, unitsWidth / 2, unitsWidth);
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
