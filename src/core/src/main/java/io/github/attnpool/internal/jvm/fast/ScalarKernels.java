package io.github.attnpool.internal.jvm.fast;

import static io.github.attnpool.internal.jvm.fast.Fma.fma;

import io.github.attnpool.Activation;
import io.github.attnpool.Linear;

/**
 * Plain Java, in loops that the JVM's compiler turns into vector instructions by itself: it does so
 * for a loop over several arrays from 0 on, not over several stretches of one.
 */
final class ScalarKernels implements TileKernels {
  private static final int LANES = 4;

  @Override
  public String isa() {
    return "scalar";
  }

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public PackedWeights pack(Linear map) {
    return new ScalarWeights(map, LANES);
  }

  @Override
  public void activate(
      Activation activation, float[] values, float[] bias, int count, float[] scratch) {
    switch (activation) {
      case IDENTITY -> {
        for (int d = 0; d < count; d++) {
          values[d] += bias[d];
        }
      }
      case TANH -> {
        for (int d = 0; d < count; d++) {
          values[d] = Elementary.tanh(values[d] + bias[d]);
        }
      }
      case RELU -> {
        for (int d = 0; d < count; d++) {
          values[d] = Elementary.relu(values[d] + bias[d]);
        }
      }
      case GELU -> {
        for (int d = 0; d < count; d++) {
          values[d] = Elementary.gelu(values[d] + bias[d]);
        }
      }
      case GELU_TANH -> {
        for (int d = 0; d < count; d++) {
          values[d] = Elementary.geluTanh(values[d] + bias[d]);
        }
      }
      case SIGMOID -> {
        for (int d = 0; d < count; d++) {
          values[d] = Elementary.sigmoid(values[d] + bias[d]);
        }
      }
      case LEAKY_RELU -> {
        for (int d = 0; d < count; d++) {
          values[d] = Elementary.leakyRelu(values[d] + bias[d]);
        }
      }
      case SILU -> {
        for (int d = 0; d < count; d++) {
          values[d] = Elementary.silu(values[d] + bias[d]);
        }
      }
    }
  }

  @Override
  public void addProducts(RowQuad u, int units, float[] a, int at, float[] sums, int sumsAt) {
    addProducts(u.row0, u.at0, u.row1, u.at1, units, a, at, sums, sumsAt);
    addProducts(u.row2, u.at2, u.row3, u.at3, units, a, at, sums, sumsAt + 2 * LANES);
  }

  /** Two rows with four sums each: eight chains keep the processor's adders busy. */
  private static void addProducts(
      float[] u,
      int uAt,
      float[] v,
      int vAt,
      int units,
      float[] a,
      int at,
      float[] sums,
      int sumsAt) {
    float u0 = sums[sumsAt];
    float u1 = sums[sumsAt + 1];
    float u2 = sums[sumsAt + 2];
    float u3 = sums[sumsAt + 3];
    float v0 = sums[sumsAt + LANES];
    float v1 = sums[sumsAt + LANES + 1];
    float v2 = sums[sumsAt + LANES + 2];
    float v3 = sums[sumsAt + LANES + 3];
    for (int d = 0; d < units; d += LANES) {
      float a0 = a[at + d];
      float a1 = a[at + d + 1];
      float a2 = a[at + d + 2];
      float a3 = a[at + d + 3];
      u0 = fma(a0, u[uAt + d], u0);
      u1 = fma(a1, u[uAt + d + 1], u1);
      u2 = fma(a2, u[uAt + d + 2], u2);
      u3 = fma(a3, u[uAt + d + 3], u3);
      v0 = fma(a0, v[vAt + d], v0);
      v1 = fma(a1, v[vAt + d + 1], v1);
      v2 = fma(a2, v[vAt + d + 2], v2);
      v3 = fma(a3, v[vAt + d + 3], v3);
    }
    sums[sumsAt] = u0;
    sums[sumsAt + 1] = u1;
    sums[sumsAt + 2] = u2;
    sums[sumsAt + 3] = u3;
    sums[sumsAt + LANES] = v0;
    sums[sumsAt + LANES + 1] = v1;
    sums[sumsAt + LANES + 2] = v2;
    sums[sumsAt + LANES + 3] = v3;
  }

  @Override
  public void exp(float[] values, int count, float shift) {
    for (int t = 0; t < count; t++) {
      values[t] = Elementary.exp(values[t] - shift);
    }
  }

  @Override
  public void addRows(
      float[] x, int at, int rows, int columns, float[] weights, float[] sums, RowQuad scratch) {
    int t = 0;
    for (; t + RowQuad.ROWS <= rows; t += RowQuad.ROWS) {
      scratch.copyRows(x, at + t * columns, columns, columns);
      addRows(scratch, columns, weights, t, sums);
    }
    for (; t < rows; t++) {
      System.arraycopy(x, at + t * columns, scratch.row0, 0, columns);
      addRow(scratch.row0, columns, weights[t], sums);
    }
  }

  private static void addRows(RowQuad x, int columns, float[] weights, int t, float[] sums) {
    float w0 = weights[t];
    float w1 = weights[t + 1];
    float w2 = weights[t + 2];
    float w3 = weights[t + 3];
    float[] x0 = x.row0;
    float[] x1 = x.row1;
    float[] x2 = x.row2;
    float[] x3 = x.row3;
    for (int i = 0; i < columns; i++) {
      sums[i] = fma(w3, x3[i], fma(w2, x2[i], fma(w1, x1[i], fma(w0, x0[i], sums[i]))));
    }
  }

  private static void addRow(float[] x, int columns, float weight, float[] sums) {
    for (int i = 0; i < columns; i++) {
      sums[i] = fma(weight, x[i], sums[i]);
    }
  }
}
