package io.github.attnpool.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
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
        "1x2x3-4+querymap",
        "1x2x3-4+gelu512+gate+values6",
        "1x2x3-4+stats",
        "1x2x3-0+stats"
      })
  void textIsReadAsItIsWritten(String text) {
    assertEquals(text, BenchShape.parse(text).toString());
  }

  @Test
  void wordsSayTheForm() {
    BenchShape shape = BenchShape.parse("2x5x8-3+heads2+proj4+gate");
    assertEquals(
        new BenchForm(4, Activation.RELU, true, 2, false, 0, false, Query.NONE), shape.form());
    assertEquals(4, shape.rowWidth());
    assertFalse(shape.isTextbook());
    assertEquals(2.0 * 10 * (8 * 4 + 4 * 3 * 2), shape.flops());
    assertTrue(BenchShape.parse("2x5x8-3").isTextbook());
    assertEquals(2.0 * 10 * 8 * 3, BenchShape.parse("2x5x8-3").flops());
    assertEquals(2.0 * 10 * 8 * 4, BenchShape.parse("2x5x8-0+heads4").flops());
  }

  @Test
  void mapsOfEveryRowCount() {
    assertEquals(2.0 * 10 * (8 * 4 + 4 * 3), BenchShape.parse("2x5x8-3+gelu4").flops());
    assertEquals(2.0 * 10 * 8 * (3 + 6), BenchShape.parse("2x5x8-3+values6").flops());
    assertEquals(2.0 * 10 * (8 * 3 + 3 * 8), BenchShape.parse("2x5x8-3+stats").flops());
    assertEquals(2.0 * 10 * 8 * 8, BenchShape.parse("2x5x8-0+stats").flops());
  }

  @Test
  void wordsMakeTheStagesOfTheLayer() {
    AttentionParameters values =
        new BenchModel(BenchShape.parse("1x2x8-3+gelu4+gate+values6+heads2+perhead")).parameters();
    assertEquals(Activation.GELU, values.rows().getLast());
    assertEquals(4, values.rowWidth());
    assertEquals(6, values.width());
    assertEquals(3, values.values().size());
    assertEquals(2, values.logitCount());
    assertFalse(values.gate().isEmpty());
    AttentionParameters statistics = new BenchModel(BenchShape.parse("1x2x8-3+stats")).parameters();
    assertTrue(statistics.isPerChannel());
    assertEquals(8, statistics.heads());
    assertEquals(16, statistics.width());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1x2",
        "0x2x3-4",
        "1x2x3-4+gates",
        "1x2x3-4+heads0",
        "1x2x3-0+gate",
        "1x2x3-4+",
        "1x2x3-4+gelu",
        "1x2x3-4+values0",
        "1x2x3-4+values N",
        "1x2x3-4+stats+heads2",
        "1x2x3-4+stats+values3"
      })
  void otherTextIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> BenchShape.parse(text));
  }
}
