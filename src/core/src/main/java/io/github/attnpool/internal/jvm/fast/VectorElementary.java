package io.github.attnpool.internal.jvm.fast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * tanh and exp of {@link Elementary} on arrays. Whole loops, because a vector that a method takes
 * or yields becomes an object wherever that method is not inlined, and large ones often are not.
 */
final class VectorElementary {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int VL = SPECIES.length();

  private VectorElementary() {}

  /**
   * {@code values = tanh(values + bias)}. Clamps by comparisons, which let NaN through: two
   * instructions each, where min and max take five.
   */
  static void tanh(float[] values, float[] bias, int count) {
    for (int d = 0; d < count; d += VL) {
      FloatVector x =
          FloatVector.fromArray(SPECIES, values, d).add(FloatVector.fromArray(SPECIES, bias, d));
      x = x.blend(Elementary.TANH_LIMIT, x.compare(VectorOperators.GT, Elementary.TANH_LIMIT));
      x = x.blend(-Elementary.TANH_LIMIT, x.compare(VectorOperators.LT, -Elementary.TANH_LIMIT));
      FloatVector t = x.mul(x);
      FloatVector p = t.fma(Elementary.P3, Elementary.P2);
      FloatVector q = t.fma(Elementary.Q3, Elementary.Q2);
      p = p.fma(t, FloatVector.broadcast(SPECIES, Elementary.P1));
      q = q.fma(t, FloatVector.broadcast(SPECIES, Elementary.Q1));
      p = p.fma(t, FloatVector.broadcast(SPECIES, Elementary.P0));
      q = q.fma(t, FloatVector.broadcast(SPECIES, Elementary.Q0));
      p = p.fma(x.mul(t), x);
      q = q.fma(t, FloatVector.broadcast(SPECIES, 1));
      p.div(q).intoArray(values, d);
    }
  }

  /** {@code values = exp(values − shift)}. */
  static void exp(float[] values, int count, float shift) {
    for (int t = 0; t < count; t += VL) {
      FloatVector value = FloatVector.fromArray(SPECIES, values, t).sub(shift);
      FloatVector x =
          value.blend(
              Elementary.EXP_OVERFLOW, value.compare(VectorOperators.GT, Elementary.EXP_OVERFLOW));
      x =
          x.blend(
              Elementary.EXP_UNDERFLOW, x.compare(VectorOperators.LT, Elementary.EXP_UNDERFLOW));
      FloatVector shifted = x.mul(Elementary.LOG2_E).add(Elementary.ROUND);
      FloatVector n = shifted.sub(Elementary.ROUND);
      FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -Elementary.LN2_HIGH), x);
      r = n.fma(FloatVector.broadcast(SPECIES, -Elementary.LN2_LOW), r);
      FloatVector e = r.fma(Elementary.E4, Elementary.E3);
      e = e.fma(r, FloatVector.broadcast(SPECIES, Elementary.E2));
      e = e.fma(r, FloatVector.broadcast(SPECIES, Elementary.E1));
      e = e.fma(r, FloatVector.broadcast(SPECIES, Elementary.E0));
      IntVector bits =
          shifted
              .reinterpretAsInts()
              .add(Elementary.EXPONENT_BIAS)
              .lanewise(VectorOperators.LSHL, Elementary.EXPONENT_SHIFT);
      e.fma(r.mul(r), r)
          .add(1)
          .mul(bits.reinterpretAsFloats())
          .blend(0, value.compare(VectorOperators.LT, Elementary.EXP_UNDERFLOW))
          .intoArray(values, t);
    }
  }
}
