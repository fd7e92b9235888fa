package io.github.attnpool.internal.jvm.fast;

/**
 * The functions that layers apply, in float32. For tanh and exp the native kernels have the same
 * formulas and coefficients.
 *
 * <p>tanh x = (x + x·t·P(t)) / (1 + t·Q(t)) with t = x² and cubic P and Q, for |x| below a limit,
 * and ±1 beyond; the coefficients are a minimax fit of the relative error.
 *
 * <p>exp x = 2ⁿ·exp r, with n the integer next to x / ln 2 and ln 2 split in two, so that n times
 * its high part is exact; exp r = 1 + r + r²·E(r). Adding 1.5·2²³ rounds to an integer and leaves
 * it in the low bits, from where it becomes the exponent of 2ⁿ. Results below 2⁻¹²⁶ are 0.
 *
 * <p>gelu x = x·Φ(x) with Φ(−t) = exp(−t²/2)·S(t)/U(t) for t ≥ 0 and 1 − Φ(−t) on the other side; S
 * is of degree 4 and U of degree 5, a minimax fit of the relative error up to where exp is 0. All
 * coefficients are positive, so nothing cancels.
 */
final class Elementary {
  static final float TANH_LIMIT = 7.9988303f;
  static final float P0 = 0.13447632f;
  static final float P1 = 0.0035763057f;
  static final float P2 = 2.2023412e-5f;
  static final float P3 = 1.553952e-8f;
  static final float Q0 = 0.46780956f;
  static final float Q1 = 0.026179682f;
  static final float Q2 = 3.421028e-4f;
  static final float Q3 = 8.619086e-7f;

  static final float EXP_UNDERFLOW = -87.33654f;
  static final float EXP_OVERFLOW = 89;
  static final float LOG2_E = 1.442695f;
  static final float LN2_HIGH = 355f / 512; // few digits, so that n times it is exact
  static final float LN2_LOW = -2.1219444e-4f;
  static final float ROUND = 12582912;
  static final int EXPONENT_BIAS = 127;
  static final int EXPONENT_SHIFT = 23;
  static final float E0 = 0.49999994f;
  static final float E1 = 0.16666521f;
  static final float E2 = 0.04166826f;
  static final float E3 = 0.008368669f;
  static final float E4 = 0.0013821304f;

  static final float GELU_LIMIT = 13.3f; // exp(−t²/2) is 0 from here on
  static final float S0 = 0.5f;
  static final float S1 = 0.4356862f;
  static final float S2 = 0.18130668f;
  static final float S3 = 0.039984144f;
  static final float S4 = 0.004020186f;
  static final float U1 = 1.6692573f;
  static final float U2 = 1.1944839f;
  static final float U3 = 0.46438012f;
  static final float U4 = 0.100232765f;
  static final float U5 = 0.010076969f;

  static final float GELU_CUBE = 0.044715f; // of the published tanh form
  static final float MINUS_SQRT_8_OVER_PI = -1.595769f;

  static final float LEAKY_SLOPE = 0.01f; // PyTorch's default
  static final float SILU_LEAST = -1e9f; // the result has long been 0, and −∞/∞ would be NaN

  private Elementary() {}

  /** At most 5 ulp off, 7 without fused multiply-add; odd; NaN for NaN. */
  static float tanh(float value) {
    float x = Math.max(-TANH_LIMIT, Math.min(TANH_LIMIT, value));
    float t = x * x;
    float p = Fma.fma(Fma.fma(Fma.fma(P3, t, P2), t, P1), t, P0);
    float q = Fma.fma(Fma.fma(Fma.fma(Q3, t, Q2), t, Q1), t, Q0);
    return Fma.fma(p, x * t, x) / Fma.fma(q, t, 1);
  }

  /** At most 2 ulp off; exactly 1 for 0; NaN for NaN. */
  static float exp(float value) {
    float x = Math.max(EXP_UNDERFLOW, Math.min(EXP_OVERFLOW, value));
    float shifted = x * LOG2_E + ROUND;
    float n = shifted - ROUND;
    float r = Fma.fma(n, -LN2_LOW, Fma.fma(n, -LN2_HIGH, x));
    float e = Fma.fma(Fma.fma(Fma.fma(Fma.fma(E4, r, E3), r, E2), r, E1), r, E0);
    int bits = (Float.floatToRawIntBits(shifted) + EXPONENT_BIAS) << EXPONENT_SHIFT;
    float result = (Fma.fma(e, r * r, r) + 1) * Float.intBitsToFloat(bits);
    return value < EXP_UNDERFLOW ? 0 : result;
  }

  /** At most 3 ulp off; 0 below −88.4; NaN for NaN. */
  static float sigmoid(float x) {
    return 1 / (1 + exp(-x));
  }

  /** x, or 0 for negative x; NaN for NaN. */
  static float relu(float x) {
    return x < 0 ? 0 : x;
  }

  /** x, or x/100 for negative x. At most 1 ulp off; NaN for NaN. */
  static float leakyRelu(float x) {
    return x < 0 ? LEAKY_SLOPE * x : x;
  }

  /** x/(1 + exp(−x)). At most 3 ulp off from −1 on, and 2⁻²⁴·|x| below; NaN for NaN. */
  static float silu(float value) {
    float x = Math.max(SILU_LEAST, value);
    return x / (1 + exp(-x));
  }

  /** x·Φ(x). At most 5 ulp off from −1 on, and 2⁻²⁴·|x| below. */
  static float gelu(float x) {
    float e = exp(x * x * -0.5f);
    float t = Math.abs(x);
    t = t > GELU_LIMIT ? GELU_LIMIT : t; // infinite t would make NaN
    float s = Fma.fma(Fma.fma(Fma.fma(Fma.fma(S4, t, S3), t, S2), t, S1), t, S0);
    float u = Fma.fma(Fma.fma(Fma.fma(Fma.fma(U5, t, U4), t, U3), t, U2), t, U1);
    float tail = e * s / Fma.fma(u, t, 1);
    return x * (x < 0 ? tail : 1 - tail);
  }

  /**
   * x/2·(1 + tanh z) = x/(1 + exp(−2z)) with z = √(2/π)·(x + 0.044715·x³): in this form nothing
   * cancels where x is negative. At most 3 ulp off from −1 on, and 2⁻²⁴·|x| below.
   */
  static float geluTanh(float x) {
    float z = Fma.fma(GELU_CUBE * x, x * x, x);
    return x / (1 + exp(z * MINUS_SQRT_8_OVER_PI));
  }
}
