package io.github.attnpool.internal.jvm.fast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The multiplication of four rows and a panel of 4, 2 or 1 vectors of units. All sums stay in
 * registers; each is one chain of multiply-adds from the bias on, in the order of the inputs,
 * whatever the panel.
 */
final class VectorMatmul {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int VL = SPECIES.length();

  private VectorMatmul() {}

  static void multiply4(
      RowQuad x, int inputs, float[] w, int at, float[] bias, int unit, RowQuad y) {
    FloatVector y00 = FloatVector.fromArray(SPECIES, bias, unit);
    FloatVector y01 = FloatVector.fromArray(SPECIES, bias, unit + VL);
    FloatVector y02 = FloatVector.fromArray(SPECIES, bias, unit + 2 * VL);
    FloatVector y03 = FloatVector.fromArray(SPECIES, bias, unit + 3 * VL);
    FloatVector y10 = y00;
    FloatVector y11 = y01;
    FloatVector y12 = y02;
    FloatVector y13 = y03;
    FloatVector y20 = y00;
    FloatVector y21 = y01;
    FloatVector y22 = y02;
    FloatVector y23 = y03;
    FloatVector y30 = y00;
    FloatVector y31 = y01;
    FloatVector y32 = y02;
    FloatVector y33 = y03;
    for (int k = 0; k < inputs; k++) {
      int from = at + k * (4 * VL);
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, from);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, from + VL);
      FloatVector w2 = FloatVector.fromArray(SPECIES, w, from + 2 * VL);
      FloatVector w3 = FloatVector.fromArray(SPECIES, w, from + 3 * VL);
      FloatVector x0 = FloatVector.broadcast(SPECIES, x.row0[x.at0 + k]);
      y00 = x0.fma(w0, y00);
      y01 = x0.fma(w1, y01);
      y02 = x0.fma(w2, y02);
      y03 = x0.fma(w3, y03);
      FloatVector x1 = FloatVector.broadcast(SPECIES, x.row1[x.at1 + k]);
      y10 = x1.fma(w0, y10);
      y11 = x1.fma(w1, y11);
      y12 = x1.fma(w2, y12);
      y13 = x1.fma(w3, y13);
      FloatVector x2 = FloatVector.broadcast(SPECIES, x.row2[x.at2 + k]);
      y20 = x2.fma(w0, y20);
      y21 = x2.fma(w1, y21);
      y22 = x2.fma(w2, y22);
      y23 = x2.fma(w3, y23);
      FloatVector x3 = FloatVector.broadcast(SPECIES, x.row3[x.at3 + k]);
      y30 = x3.fma(w0, y30);
      y31 = x3.fma(w1, y31);
      y32 = x3.fma(w2, y32);
      y33 = x3.fma(w3, y33);
    }
    y00.intoArray(y.row0, 0);
    y01.intoArray(y.row0, VL);
    y02.intoArray(y.row0, 2 * VL);
    y03.intoArray(y.row0, 3 * VL);
    y10.intoArray(y.row1, 0);
    y11.intoArray(y.row1, VL);
    y12.intoArray(y.row1, 2 * VL);
    y13.intoArray(y.row1, 3 * VL);
    y20.intoArray(y.row2, 0);
    y21.intoArray(y.row2, VL);
    y22.intoArray(y.row2, 2 * VL);
    y23.intoArray(y.row2, 3 * VL);
    y30.intoArray(y.row3, 0);
    y31.intoArray(y.row3, VL);
    y32.intoArray(y.row3, 2 * VL);
    y33.intoArray(y.row3, 3 * VL);
  }

  static void multiply2(
      RowQuad x, int inputs, float[] w, int at, float[] bias, int unit, RowQuad y) {
    FloatVector y00 = FloatVector.fromArray(SPECIES, bias, unit);
    FloatVector y01 = FloatVector.fromArray(SPECIES, bias, unit + VL);
    FloatVector y10 = y00;
    FloatVector y11 = y01;
    FloatVector y20 = y00;
    FloatVector y21 = y01;
    FloatVector y30 = y00;
    FloatVector y31 = y01;
    for (int k = 0; k < inputs; k++) {
      int from = at + k * (2 * VL);
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, from);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, from + VL);
      FloatVector x0 = FloatVector.broadcast(SPECIES, x.row0[x.at0 + k]);
      y00 = x0.fma(w0, y00);
      y01 = x0.fma(w1, y01);
      FloatVector x1 = FloatVector.broadcast(SPECIES, x.row1[x.at1 + k]);
      y10 = x1.fma(w0, y10);
      y11 = x1.fma(w1, y11);
      FloatVector x2 = FloatVector.broadcast(SPECIES, x.row2[x.at2 + k]);
      y20 = x2.fma(w0, y20);
      y21 = x2.fma(w1, y21);
      FloatVector x3 = FloatVector.broadcast(SPECIES, x.row3[x.at3 + k]);
      y30 = x3.fma(w0, y30);
      y31 = x3.fma(w1, y31);
    }
    y00.intoArray(y.row0, 0);
    y01.intoArray(y.row0, VL);
    y10.intoArray(y.row1, 0);
    y11.intoArray(y.row1, VL);
    y20.intoArray(y.row2, 0);
    y21.intoArray(y.row2, VL);
    y30.intoArray(y.row3, 0);
    y31.intoArray(y.row3, VL);
  }

  static void multiply1(
      RowQuad x, int inputs, float[] w, int at, float[] bias, int unit, RowQuad y) {
    FloatVector y0 = FloatVector.fromArray(SPECIES, bias, unit);
    FloatVector y1 = y0;
    FloatVector y2 = y0;
    FloatVector y3 = y0;
    for (int k = 0; k < inputs; k++) {
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at + k * VL);
      y0 = FloatVector.broadcast(SPECIES, x.row0[x.at0 + k]).fma(w0, y0);
      y1 = FloatVector.broadcast(SPECIES, x.row1[x.at1 + k]).fma(w0, y1);
      y2 = FloatVector.broadcast(SPECIES, x.row2[x.at2 + k]).fma(w0, y2);
      y3 = FloatVector.broadcast(SPECIES, x.row3[x.at3 + k]).fma(w0, y3);
    }
    y0.intoArray(y.row0, 0);
    y1.intoArray(y.row1, 0);
    y2.intoArray(y.row2, 0);
    y3.intoArray(y.row3, 0);
  }
}
