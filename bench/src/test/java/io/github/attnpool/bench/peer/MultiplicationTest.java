package io.github.attnpool.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.bench.BenchModel;
import io.github.attnpool.bench.BenchShape;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultiplicationTest {
  @ParameterizedTest
  @CsvSource({
    "1x2x8-3, -1:8>3",
    "1x2x8-3+gelu6+gate, -1:8>6 0:6>6",
    "1x2x8-3+values5, -1:8>3 -1:8>5",
    "1x2x8-3+proj6+gate+values5, -1:8>6 0:6>6 0:6>5",
    "1x2x64-3+stats, -1:64>3 0:3>64",
    "1x2x8-0+heads64+perhead, -1:8>64",
    "1x2x8-3+gate+heads64, -1:8>3 -1:8>3 0:3>64",
    "1x2x8-0+heads4, ''"
  })
  void mapsOfEveryRowAreMultiplied(String shape, String expected) {
    assertEquals(
        expected,
        Multiplication.of(new BenchModel(BenchShape.parse(shape)).parameters()).stream()
            .map(one -> one.source() + ":" + one.map().inFeatures() + ">" + one.map().outFeatures())
            .collect(Collectors.joining(" ")));
  }
}
