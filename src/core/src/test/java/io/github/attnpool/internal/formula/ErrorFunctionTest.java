package io.github.attnpool.internal.formula;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorFunctionTest {
  private static final double TOLERANCE = 6e-15;

  /** By mpmath 1.3 with 60 digits, of the double next to x. */
  @ParameterizedTest
  @CsvSource({
    "1e-300, 1",
    "1e-9, 0.9999999988716208329",
    "0.1, 0.8875370839817151016",
    "0.5, 0.47950012218695346232",
    "0.84375, 0.23277433876765836654",
    "1.2499999, 0.077099895395656984916",
    "1.25, 0.077099871743541769863",
    "1.5, 0.033894853524689272933",
    "2, 0.0046777349810472658379",
    "3, 0.000022090496998585441373",
    "4.5, 1.9661604415428874763e-10",
    "6.25, 9.6722041318762539915e-19",
    "8.1, 2.2163085720657539812e-30",
    "11.3, 1.744214847996718903e-57",
    "15.7, 3.2018577446765818612e-109",
    "20.2, 1.7219587652557267869e-179",
    "26.1, 3.0812174933145933397e-298",
    "26.5, 2.2109076642637342759e-307",
    "-1e-9, 1.0000000011283791671",
    "-0.3, 1.3286267594591274162",
    "-1.24, 1.9205051842990296677",
    "-1.25, 1.9229001282564582301",
    "-2.7, 1.9998656672600594758",
    "-5.8, 1.9999999999999997644",
    "-30, 2",
  })
  void agreesWithMpmath(double x, double expected) {
    assertEquals(expected, ErrorFunction.erfc(x), TOLERANCE * expected);
  }

  @Test
  void ofSpecialValues() {
    assertEquals(1, ErrorFunction.erfc(0));
    assertEquals(1, ErrorFunction.erfc(-0.0));
    assertEquals(0, ErrorFunction.erfc(Double.POSITIVE_INFINITY));
    assertEquals(2, ErrorFunction.erfc(Double.NEGATIVE_INFINITY));
    assertEquals(0, ErrorFunction.erfc(Double.MAX_VALUE));
    assertEquals(Double.NaN, ErrorFunction.erfc(Double.NaN));
  }

  /** Also where one formula ends and the other begins. */
  @Test
  void falls() {
    double[] x = DoubleStream.iterate(-6, v -> v < 28, v -> v + 1.0 / 1024).toArray();
    for (int i = 1; i < x.length; i++) {
      double before = ErrorFunction.erfc(x[i - 1]);
      double value = ErrorFunction.erfc(x[i]);
      boolean level = x[i] < -5 || value < Double.MIN_NORMAL; // where doubles are too coarse
      assertTrue(level ? value <= before : value < before, "at " + x[i]);
    }
  }
}
