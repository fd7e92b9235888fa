package io.github.attnpool.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  @Test
  void saysHowFarHowFastAndHowLong() {
    assertEquals(
        "[######------------------]  25 %  250,000 of 1,000,000 rows  500.0 MB/s  0:06 left",
        ProgressBar.text(250_000, 1_000_000, 4000, 2));
    assertEquals(
        "[########################] 100 %  10 of 10 rows  0.0 kB/s  0:00 left",
        ProgressBar.text(10, 10, 4, 1));
    assertEquals(
        "[------------------------]   0 %  1 of 36,001 rows  0.0 kB/s  10:00:00 left",
        ProgressBar.text(1, 36_001, 4, 1));
    assertEquals(
        "[########################] 100 %  0 of 0 rows  0.0 kB/s  0:00 left",
        ProgressBar.text(0, 0, 4, 0));
  }

  @Test
  void isNotShownWhereThereIsNoTerminal() {
    StringWriter err = new StringWriter();
    try (ProgressBar bar = new ProgressBar(new PrintWriter(err), 10, 4)) {
      bar.show(5);
    }
    assertEquals("", err.toString());
  }
}
