package io.github.attnpool.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeTest {

  @Test
  void hasAsManyUnitsAsWidthUnlessGiven() {
    assertEquals(new Shape(2, 3, 4, 4), Shape.parse("2,3,4"));
    assertEquals(new Shape(2, 3, 4, 5), Shape.parse("2,3,4,5"));
    assertEquals("2,3,4,4", Shape.parse("2,3,4").toString());
  }

  @Test
  void countsWithoutOverflow() {
    Shape largest = Shape.parse("2147483647,2147483647,2147483647");
    assertEquals(4611686014132420609L, largest.rows());
    assertEquals(2 * Math.pow(Integer.MAX_VALUE, 4), largest.flops(), 1e24);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1,2",
        "1,2,3,4,5",
        "1,2,",
        ",1,2",
        "1,2,3,",
        "1x2x3",
        "1, 2,3",
        "a,2,3",
        "-1,2,3",
        "1.5,2,3",
        "0,2,3",
        "1,0,3",
        "1,2,0",
        "1,2,3,0",
        "2147483648,2,3",
        "99999999999,2,3"
      })
  void isRefusedIfMalformedOrOutOfRange(String text) {
    assertThrows(IllegalArgumentException.class, () -> Shape.parse(text));
  }
}
