package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.Activation;
import io.github.attnpool.Linear;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The Vector API, with the widest vectors that the JVM recommends here. */
final class VectorKernels implements TileKernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int VL = SPECIES.length();

  @Override
  public String isa() {
    return "vector" + SPECIES.vectorBitSize();
  }

  @Override
  public int lanes() {
    return VL;
  }

  @Override
  public PackedWeights pack(Linear map) {
    return new VectorWeights(map);
  }

  @Override
  public void activate(
      Activation activation, float[] values, float[] bias, int count, float[] scratch) {
    switch (activation) {
      case IDENTITY -> VectorActivations.identity(values, bias, count);
      case TANH -> VectorElementary.tanh(values, bias, count);
      case RELU -> VectorActivations.relu(values, bias, count);
      case GELU -> VectorActivations.gelu(values, bias, count, scratch);
      case GELU_TANH -> VectorActivations.geluTanh(values, bias, count, scratch);
      case SIGMOID -> VectorActivations.sigmoid(values, bias, count);
      case LEAKY_RELU -> VectorActivations.leakyRelu(values, bias, count);
      case SILU -> VectorActivations.silu(values, bias, count, scratch);
    }
  }

  @Override
  public void addProducts(RowQuad u, int units, float[] a, int at, float[] sums, int sumsAt) {
    FloatVector sum0 = FloatVector.fromArray(SPECIES, sums, sumsAt);
    FloatVector sum1 = FloatVector.fromArray(SPECIES, sums, sumsAt + VL);
    FloatVector sum2 = FloatVector.fromArray(SPECIES, sums, sumsAt + 2 * VL);
    FloatVector sum3 = FloatVector.fromArray(SPECIES, sums, sumsAt + 3 * VL);
    for (int d = 0; d < units; d += VL) {
      FloatVector factor = FloatVector.fromArray(SPECIES, a, at + d);
      sum0 = factor.fma(FloatVector.fromArray(SPECIES, u.row0, u.at0 + d), sum0);
      sum1 = factor.fma(FloatVector.fromArray(SPECIES, u.row1, u.at1 + d), sum1);
      sum2 = factor.fma(FloatVector.fromArray(SPECIES, u.row2, u.at2 + d), sum2);
      sum3 = factor.fma(FloatVector.fromArray(SPECIES, u.row3, u.at3 + d), sum3);
    }
    sum0.intoArray(sums, sumsAt);
    sum1.intoArray(sums, sumsAt + VL);
    sum2.intoArray(sums, sumsAt + 2 * VL);
    sum3.intoArray(sums, sumsAt + 3 * VL);
  }

  @Override
  public void exp(float[] values, int count, float shift) {
    VectorElementary.exp(values, count, shift);
  }

  @Override
  public void addRows(
      float[] x, int at, int rows, int columns, float[] weights, float[] sums, RowQuad scratch) {
    int t = 0;
    for (; t + 4 <= rows; t += 4) {
      addRows(x, at + t * columns, columns, weights, t, sums);
    }
    for (; t < rows; t++) {
      addRow(x, at + t * columns, columns, weights[t], sums);
    }
  }

  /** Four rows at a time, so that the sums are loaded and stored a quarter as often. */
  private static void addRows(
      float[] x, int at, int columns, float[] weights, int t, float[] sums) {
    FloatVector w0 = FloatVector.broadcast(SPECIES, weights[t]);
    FloatVector w1 = FloatVector.broadcast(SPECIES, weights[t + 1]);
    FloatVector w2 = FloatVector.broadcast(SPECIES, weights[t + 2]);
    FloatVector w3 = FloatVector.broadcast(SPECIES, weights[t + 3]);
    int at1 = at + columns;
    int at2 = at1 + columns;
    int at3 = at2 + columns;
    for (int i = 0; i < columns; i += VL) {
      FloatVector sum = FloatVector.fromArray(SPECIES, sums, i);
      sum = w0.fma(FloatVector.fromArray(SPECIES, x, at + i), sum);
      sum = w1.fma(FloatVector.fromArray(SPECIES, x, at1 + i), sum);
      sum = w2.fma(FloatVector.fromArray(SPECIES, x, at2 + i), sum);
      sum = w3.fma(FloatVector.fromArray(SPECIES, x, at3 + i), sum);
      sum.intoArray(sums, i);
    }
  }

  private static void addRow(float[] x, int at, int columns, float weight, float[] sums) {
    FloatVector w = FloatVector.broadcast(SPECIES, weight);
    for (int i = 0; i < columns; i += VL) {
      FloatVector sum = FloatVector.fromArray(SPECIES, sums, i);
      w.fma(FloatVector.fromArray(SPECIES, x, at + i), sum).intoArray(sums, i);
    }
  }
}
