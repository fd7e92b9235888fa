package io.github.attnpool.internal.jvm.fast;

import static io.github.attnpool.internal.jvm.fast.Fma.fma;

import io.github.attnpool.Linear;
import io.github.attnpool.internal.maps.LinearArrays;

/**
 * Weights for plain Java, with an array for each input and panel: Java's compiler vectorises a loop
 * over several rows of one array only where it knows how far they are apart.
 */
final class ScalarWeights extends PackedWeights {
  /** Four rows of sums and four of weights: well inside the L1 cache. */
  private static final int PANEL = 1024;

  private static final int STEP = 4; // inputs at a time

  private final float[][][] panels; // [panel][input][unit]

  ScalarWeights(Linear map, int lanes) {
    super(map, lanes);
    this.panels = new float[(units + PANEL - 1) / PANEL][][];
    float[] weight = LinearArrays.weight(map);
    for (int p = 0; p < panels.length; p++) {
      panels[p] = pack(weight, p * PANEL, map);
    }
  }

  private float[][] pack(float[] weight, int from, Linear map) {
    float[][] panel = new float[inputs][panel(from)];
    int end = Math.min(from + panel(from), map.outFeatures());
    for (int d = from; d < end; d++) {
      for (int k = 0; k < map.inFeatures(); k++) {
        panel[k][d - from] = weight[d * map.inFeatures() + k];
      }
    }
    return panel;
  }

  @Override
  int panel(int unit) {
    return Math.min(units - unit, PANEL);
  }

  @Override
  void multiplyPanel(RowQuad x, int unit, RowQuad y) {
    float[][] panel = panels[unit / PANEL];
    y.fill(bias, unit, panel(unit));
    for (int k = 0; k < inputs; k += STEP) {
      addInputs(x, k, panel, panel(unit), y);
    }
  }

  /** Four inputs of four rows: 16 multiply-adds for 8 loads and 4 stores. */
  private static void addInputs(RowQuad x, int k, float[][] panel, int units, RowQuad y) {
    float x00 = x.row0[x.at0 + k];
    float x01 = x.row0[x.at0 + k + 1];
    float x02 = x.row0[x.at0 + k + 2];
    float x03 = x.row0[x.at0 + k + 3];
    float x10 = x.row1[x.at1 + k];
    float x11 = x.row1[x.at1 + k + 1];
    float x12 = x.row1[x.at1 + k + 2];
    float x13 = x.row1[x.at1 + k + 3];
    float x20 = x.row2[x.at2 + k];
    float x21 = x.row2[x.at2 + k + 1];
    float x22 = x.row2[x.at2 + k + 2];
    float x23 = x.row2[x.at2 + k + 3];
    float x30 = x.row3[x.at3 + k];
    float x31 = x.row3[x.at3 + k + 1];
    float x32 = x.row3[x.at3 + k + 2];
    float x33 = x.row3[x.at3 + k + 3];
    float[] w0 = panel[k];
    float[] w1 = panel[k + 1];
    float[] w2 = panel[k + 2];
    float[] w3 = panel[k + 3];
    float[] y0 = y.row0;
    float[] y1 = y.row1;
    float[] y2 = y.row2;
    float[] y3 = y.row3;
    for (int d = 0; d < units; d++) {
      float v0 = w0[d]; // all loads before all stores, which might be to the same array
      float v1 = w1[d];
      float v2 = w2[d];
      float v3 = w3[d];
      float sum0 = fma(x03, v3, fma(x02, v2, fma(x01, v1, fma(x00, v0, y0[d]))));
      float sum1 = fma(x13, v3, fma(x12, v2, fma(x11, v1, fma(x10, v0, y1[d]))));
      float sum2 = fma(x23, v3, fma(x22, v2, fma(x21, v1, fma(x20, v0, y2[d]))));
      float sum3 = fma(x33, v3, fma(x32, v2, fma(x31, v1, fma(x30, v0, y3[d]))));
      y0[d] = sum0;
      y1[d] = sum1;
      y2[d] = sum2;
      y3[d] = sum3;
    }
  }
}
