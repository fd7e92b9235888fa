package io.github.attnpool.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.compare.Case.Group;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void listsNarrowTheAgenda() {
    Options options =
        Options.parse(
            new String[] {
              "--groups",
              "table",
              "--shapes",
              "1x2x3-4",
              "--precisions",
              "bf16",
              "--threads",
              "3",
              "--cold"
            });
    List<Case> agenda = Agenda.of(options);
    assertEquals(2, agenda.size());
    assertEquals(Group.TABLE, agenda.getFirst().group());
    assertEquals(Arithmetic.BF16, agenda.getFirst().arithmetic());
    assertEquals(3, agenda.getFirst().threads());
    assertEquals("1x2x3-4", agenda.getFirst().shape().toString());
    assertTrue(agenda.getLast().cold());
  }

  @Test
  void unknownAndIncompleteOptionsAreNamed() {
    assertTrue(problem("--fast").contains("--fast"));
    assertTrue(problem("--seconds").contains("--seconds"));
    assertEquals("--threads is '1,two', must be of numbers", problem("--threads", "1,two"));
    assertTrue(problem("--precisions", "f16").contains("f16"));
    assertTrue(problem("--shapes", "1x2").contains("1x2"));
  }

  @Test
  void usageNamesEveryOption() {
    String usage = Options.usage();
    for (String option :
        List.of(
            "--quick",
            "--cold",
            "--seconds",
            "--groups",
            "--shapes",
            "--precisions",
            "--threads",
            "--python",
            "--out",
            "--help")) {
      assertTrue(usage.contains("  " + option + " "), option);
    }
  }

  private static String problem(String... arguments) {
    return assertThrows(IllegalArgumentException.class, () -> Agenda.of(Options.parse(arguments)))
        .getMessage();
  }
}
