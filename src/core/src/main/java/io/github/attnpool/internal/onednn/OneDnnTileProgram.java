package io.github.attnpool.internal.onednn;

import io.github.attnpool.ElementType;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.fused.TileMath;
import io.github.attnpool.internal.fused.TileProgram;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.internal.natives.Natives;

/** A layer's parameters for tiles on the CPU. */
final class OneDnnTileProgram implements TileProgram {
  private final int tileRows;
  private final NativeParameters parameters;

  OneDnnTileProgram(PlainLayer parameters, Precision precision) {
    this.tileRows = TileHeight.rows(parameters);
    this.parameters = new NativeParameters(parameters, precision, tileRows);
  }

  @Override
  public int tileRows() {
    return tileRows;
  }

  @Override
  public boolean takes(ElementType type) {
    return type == ElementType.F32
        || (type == ElementType.BF16
            && parameters.precision() == Precision.BF16
            && (parameters.hidden() != null || parameters.projection() != null));
  }

  @Override
  public boolean canRead(ElementType type) {
    return type == ElementType.F32 || type == ElementType.BF16 || type == ElementType.F16;
  }

  @Override
  public boolean needsNativeMemory() {
    return true;
  }

  @Override
  public TileMath newMath() {
    return new OneDnnTileMath(parameters, tileRows);
  }

  @Override
  public String isa() {
    return Natives.get().tier();
  }

  @Override
  public void close() {
    parameters.close();
  }
}
