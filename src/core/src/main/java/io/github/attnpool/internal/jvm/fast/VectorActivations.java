package io.github.attnpool.internal.jvm.fast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The activations of {@link Elementary} on arrays, all but tanh, with the same operations in the
 * same order. Those that take exp come in several loops, one of them {@link VectorElementary#exp}.
 */
final class VectorActivations {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int VL = SPECIES.length();

  private VectorActivations() {}

  /** {@code values += bias}. */
  static void identity(float[] values, float[] bias, int count) {
    for (int d = 0; d < count; d += VL) {
      FloatVector x = FloatVector.fromArray(SPECIES, values, d);
      x.add(FloatVector.fromArray(SPECIES, bias, d)).intoArray(values, d);
    }
  }

  /** {@code values = relu(values + bias)}; lets NaN through. */
  static void relu(float[] values, float[] bias, int count) {
    for (int d = 0; d < count; d += VL) {
      FloatVector x =
          FloatVector.fromArray(SPECIES, values, d).add(FloatVector.fromArray(SPECIES, bias, d));
      x.blend(0, x.compare(VectorOperators.LT, 0)).intoArray(values, d);
    }
  }

  /** {@code values = sigmoid(values + bias)}. */
  static void sigmoid(float[] values, float[] bias, int count) {
    for (int d = 0; d < count; d += VL) {
      FloatVector x = FloatVector.fromArray(SPECIES, values, d);
      x.add(FloatVector.fromArray(SPECIES, bias, d)).neg().intoArray(values, d);
    }
    VectorElementary.exp(values, count, 0);
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int d = 0; d < count; d += VL) {
      one.div(FloatVector.fromArray(SPECIES, values, d).add(1)).intoArray(values, d);
    }
  }

  /** {@code values = leakyRelu(values + bias)}; lets NaN through. */
  static void leakyRelu(float[] values, float[] bias, int count) {
    for (int d = 0; d < count; d += VL) {
      FloatVector x =
          FloatVector.fromArray(SPECIES, values, d).add(FloatVector.fromArray(SPECIES, bias, d));
      x.blend(x.mul(Elementary.LEAKY_SLOPE), x.compare(VectorOperators.LT, 0)).intoArray(values, d);
    }
  }

  /** {@code values = silu(values + bias)}. */
  static void silu(float[] values, float[] bias, int count, float[] scratch) {
    for (int d = 0; d < count; d += VL) {
      FloatVector x =
          FloatVector.fromArray(SPECIES, values, d).add(FloatVector.fromArray(SPECIES, bias, d));
      x = x.blend(Elementary.SILU_LEAST, x.compare(VectorOperators.LT, Elementary.SILU_LEAST));
      x.intoArray(values, d);
      x.neg().intoArray(scratch, d);
    }
    VectorElementary.exp(scratch, count, 0);
    for (int d = 0; d < count; d += VL) {
      FloatVector x = FloatVector.fromArray(SPECIES, values, d);
      x.div(FloatVector.fromArray(SPECIES, scratch, d).add(1)).intoArray(values, d);
    }
  }

  /** {@code values = gelu(values + bias)}. */
  static void gelu(float[] values, float[] bias, int count, float[] scratch) {
    identity(values, bias, count);
    for (int d = 0; d < count; d += VL) {
      FloatVector x = FloatVector.fromArray(SPECIES, values, d);
      x.mul(x).mul(-0.5f).intoArray(scratch, d);
    }
    VectorElementary.exp(scratch, count, 0);
    for (int d = 0; d < count; d += VL) {
      FloatVector x = FloatVector.fromArray(SPECIES, values, d);
      FloatVector t = x.abs();
      t = t.blend(Elementary.GELU_LIMIT, t.compare(VectorOperators.GT, Elementary.GELU_LIMIT));
      FloatVector s = t.fma(Elementary.S4, Elementary.S3);
      FloatVector u = t.fma(Elementary.U5, Elementary.U4);
      s = s.fma(t, FloatVector.broadcast(SPECIES, Elementary.S2));
      u = u.fma(t, FloatVector.broadcast(SPECIES, Elementary.U3));
      s = s.fma(t, FloatVector.broadcast(SPECIES, Elementary.S1));
      u = u.fma(t, FloatVector.broadcast(SPECIES, Elementary.U2));
      s = s.fma(t, FloatVector.broadcast(SPECIES, Elementary.S0));
      u = u.fma(t, FloatVector.broadcast(SPECIES, Elementary.U1));
      u = u.fma(t, FloatVector.broadcast(SPECIES, 1));
      FloatVector tail = FloatVector.fromArray(SPECIES, scratch, d).mul(s).div(u);
      VectorMask<Float> negative = x.compare(VectorOperators.LT, 0);
      FloatVector one = FloatVector.broadcast(SPECIES, 1);
      x.mul(one.sub(tail).blend(tail, negative)).intoArray(values, d);
    }
  }

  /** {@code values = geluTanh(values + bias)}. */
  static void geluTanh(float[] values, float[] bias, int count, float[] scratch) {
    identity(values, bias, count);
    for (int d = 0; d < count; d += VL) {
      FloatVector x = FloatVector.fromArray(SPECIES, values, d);
      FloatVector z = x.mul(Elementary.GELU_CUBE).fma(x.mul(x), x);
      z.mul(Elementary.MINUS_SQRT_8_OVER_PI).intoArray(scratch, d);
    }
    VectorElementary.exp(scratch, count, 0);
    for (int d = 0; d < count; d += VL) {
      FloatVector x = FloatVector.fromArray(SPECIES, values, d);
      x.div(FloatVector.fromArray(SPECIES, scratch, d).add(1)).intoArray(values, d);
    }
  }
}
