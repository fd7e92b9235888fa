package io.github.attnpool.internal.onednn;

import io.github.attnpool.ElementType;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.fused.TileMath;
import io.github.attnpool.internal.fused.TileProgram;
import io.github.attnpool.internal.maps.LayerForm;
import io.github.attnpool.internal.natives.Natives;

/** A layer's parameters for tiles on the CPU. */
final class OneDnnTileProgram implements TileProgram {
  private final int tileRows;
  private final NativeParameters parameters;

  OneDnnTileProgram(LayerForm form, Precision precision) {
    this.tileRows = TileHeight.rows(form);
    this.parameters = new NativeParameters(form, precision, tileRows);
  }

  @Override
  public int tileRows() {
    return tileRows;
  }

  @Override
  public boolean takes(ElementType type) {
    return type == ElementType.F32 || (type == ElementType.BF16 && parameters.takesBf16());
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
    return new OneDnnTileMath(parameters);
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
