package io.github.attnpool.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.bench.BenchForm.Query;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchShapeTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1x2x3-4",
        "1x2x3-0+heads4",
        "1x50000x1024-256+proj512+gate+heads2+perhead",
        "1x2x3-4+query",
        "1x2x3-4+querymap"
      })
  void textIsReadAsItIsWritten(String text) {
    assertEquals(text, BenchShape.parse(text).toString());
  }

  @Test
  void wordsSayTheForm() {
    BenchShape shape = BenchShape.parse("2x5x8-3+heads2+proj4+gate");
    assertEquals(new BenchForm(4, true, 2, false, Query.NONE), shape.form());
    assertEquals(4, shape.pooledWidth());
    assertFalse(shape.isTextbook());
    assertEquals(2.0 * 10 * (8 * 4 + 4 * 3 * 2), shape.flops());
    assertTrue(BenchShape.parse("2x5x8-3").isTextbook());
    assertEquals(2.0 * 10 * 8 * 3, BenchShape.parse("2x5x8-3").flops());
    assertEquals(2.0 * 10 * 8 * 4, BenchShape.parse("2x5x8-0+heads4").flops());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1x2", "0x2x3-4", "1x2x3-4+gates", "1x2x3-4+heads0", "1x2x3-0+gate", "1x2x3-4+"})
  void otherTextIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> BenchShape.parse(text));
  }
}
