package io.github.attnpool.internal.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.ElementType;
import io.github.attnpool.Linear;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.fused.TileMath;
import io.github.attnpool.internal.fused.TileProgram;
import io.github.attnpool.internal.natives.Natives;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A layer's parameters for tiles on the CPU: packed for oneDNN, or as the kernels read them. */
final class OneDnnTileProgram implements TileProgram {
  private static final long ALIGNMENT = 64;
  private static final int OUTPUT_ROWS = 16; // of one multiplication of the output layer

  private final AttentionParameters parameters;
  private final Precision precision;
  private final int tileRows;
  private final Handles handles = new Handles();
  private final Matmul hidden; // null in the linear form
  private final Matmul output; // null without an output layer
  private final MemorySegment hiddenBias; // NULL where there is none
  private final MemorySegment a; // [R, D], or [R, H] in the linear form
  private final float[] c;

  OneDnnTileProgram(AttentionParameters parameters, Precision precision) {
    this.parameters = parameters;
    this.precision = precision;
    this.tileRows = TileHeight.rows(parameters.width(), parameters.units());
    try {
      Arena arena = Arena.ofShared();
      handles.own(arena::close);
      this.a = copy(arena, parameters.score().weight());
      this.c = parameters.score().bias().orElseGet(() -> new float[parameters.heads()]);
      this.hiddenBias =
          parameters
              .hidden()
              .flatMap(Linear::bias)
              .map(bias -> copy(arena, bias))
              .orElse(MemorySegment.NULL);
      OneDnn.Type type = precision == Precision.BF16 ? OneDnn.Type.BF16 : OneDnn.Type.F32;
      this.hidden =
          parameters.hidden().map(map -> own(new Matmul(map, type, false, tileRows))).orElse(null);
      this.output =
          parameters
              .output()
              .map(map -> own(new Matmul(map, OneDnn.Type.F32, true, OUTPUT_ROWS)))
              .orElse(null);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private Matmul own(Matmul matmul) {
    handles.own(matmul::close);
    return matmul;
  }

  private static MemorySegment copy(Arena arena, float[] values) {
    MemorySegment copy = arena.allocate((long) values.length * Float.BYTES, ALIGNMENT);
    MemorySegment.copy(values, 0, copy, JAVA_FLOAT, 0, values.length);
    return copy;
  }

  @Override
  public int tileRows() {
    return tileRows;
  }

  @Override
  public boolean takes(ElementType type) {
    return type == ElementType.F32
        || (type == ElementType.BF16 && precision == Precision.BF16 && hidden != null);
  }

  @Override
  public boolean needsNativeMemory() {
    return true;
  }

  @Override
  public TileMath newMath() {
    return new OneDnnTileMath(this);
  }

  @Override
  public String isa() {
    return Natives.get().tier();
  }

  int width() {
    return parameters.width();
  }

  int heads() {
    return parameters.heads();
  }

  Precision precision() {
    return precision;
  }

  Matmul hidden() {
    return hidden;
  }

  Matmul output() {
    return output;
  }

  MemorySegment hiddenBias() {
    return hiddenBias;
  }

  MemorySegment a() {
    return a;
  }

  float c(int head) {
    return c[head];
  }

  @Override
  public void close() {
    handles.close();
  }
}
