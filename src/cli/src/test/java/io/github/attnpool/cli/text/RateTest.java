package io.github.attnpool.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateTest {
  @ParameterizedTest
  @CsvSource({
    "2.5e10,25.00 GB/s",
    "1e9,1.00 GB/s",
    "12340000,12.3 MB/s",
    "3210,3.2 kB/s",
    "0,0.0 kB/s"
  })
  void hasDigitsInItsUnit(double bytesPerSecond, String text) {
    assertEquals(text, Rate.text(bytesPerSecond));
  }
}
