package io.github.attnpool.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.cli.Main;
import io.github.attnpool.example.Classification.WeightedWord;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void classifiesTheMessagesAsPyTorchDoes() {
    int status =
        Main.run(
            new PrintWriter(out), new PrintWriter(err), "demo", "--backend=jvm", "--threads=1");
    assertEquals(0, status, err::toString);
    String text = out.toString();
    assertTrue(text.contains("Backend jvm, "), text);
    assertTrue(text.contains("CONGRATULATIONS!!! You have won"), text);
    assertEquals(3, text.lines().filter(line -> line.startsWith("SPAM ")).count());
    assertEquals(3, text.lines().filter(line -> line.startsWith("HAM ")).count());
    assertTrue(text.contains("(within the 1e-04 allowed)"), text);
  }

  @Test
  void plainOutputHasNothingButAscii() {
    new Look(false, false).printWords(new PrintWriter(out), words());
    assertEquals(
        """
            money                     75.0 %  ######################## x2
            antidisestablishmentaria  25.0 %  ########
        """,
        out.toString().replace(System.lineSeparator(), "\n"));
  }

  @Test
  void coloursComeOnlyWhereTheyAreWelcome() {
    assertEquals("a", new Look(true, false).bold("a"));
    assertEquals("\u001b[1ma\u001b[0m", new Look(true, true).bold("a"));
    new Look(true, false).printWords(new PrintWriter(out), words());
    assertFalse(out.toString().contains("\u001b"));
    assertTrue(out.toString().contains("█".repeat(24) + " x2"));
  }

  private static List<WeightedWord> words() {
    return List.of(
        new WeightedWord("money", 0.75, 2), new WeightedWord("antidisestablishmentaria", 0.25, 1));
  }
}
