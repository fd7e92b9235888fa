package io.github.attnpool.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.compare.Case.Group;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.ParameterException;

class OptionsTest {
  @Test
  void listsNarrowTheAgenda() {
    Options options =
        parse(
            "--groups",
            "table",
            "--shapes",
            "1x2x3-4",
            "--precisions",
            "bf16",
            "--threads",
            "3",
            "--cold");
    List<Case> agenda = Agenda.of(options);
    assertEquals(2, agenda.size());
    assertEquals(Group.TABLE, agenda.getFirst().group());
    assertEquals(Arithmetic.BF16, agenda.getFirst().arithmetic());
    assertEquals(3, agenda.getFirst().threads());
    assertEquals("1x2x3-4", agenda.getFirst().shape().toString());
    assertTrue(agenda.getLast().cold());
  }

  @Test
  void listsAreSeparatedByCommas() {
    Options options =
        parse("--groups", "steps,keys", "--precisions", "f32,bf16-f32x", "--threads", "1,4");
    assertEquals(EnumSet.of(Group.STEPS, Group.KEYS), options.groups());
    assertEquals(List.of(Arithmetic.F32, Arithmetic.BF16_OF_F32), options.arithmetics());
    assertEquals(List.of(1, 4), options.threads());
  }

  @Test
  void someFormsAreTimedInF32Alone() {
    String[] family = {"--groups", "family", "--threads", "1"};
    List<Case> all = Agenda.of(parse(family));
    for (String shape :
        List.of(
            "8x500x1536-128+stats",
            "1x10000x1024-256+gelu512+gate",
            "1x10000x512-256+values512",
            "1x600x50-0+heads8921+perhead")) {
      List<Case> cases = all.stream().filter(c -> c.shape().toString().equals(shape)).toList();
      assertEquals(1, cases.size(), shape);
      assertEquals(Arithmetic.F32, cases.getFirst().arithmetic());
    }
    assertEquals(4 * 3 + 4, all.size());
    assertEquals(
        4, Agenda.of(parse("--groups", "family", "--threads", "1", "--precisions", "bf16")).size());
    assertEquals(
        1 + 2,
        Agenda.of(parse("--quick", "--groups", "family", "--threads", "1", "--precisions", "f32"))
            .size());
  }

  @Test
  void defaultsDependOnQuickAndPython() {
    assertEquals(3, parse().seconds());
    assertEquals(EnumSet.allOf(Group.class), parse().groups());
    assertEquals(0.25, parse("--quick").seconds());
    Options quickPython = parse("--quick", "--python", "python3");
    assertEquals(List.of(1), quickPython.threads());
    assertEquals(EnumSet.of(Group.TABLE, Group.FAMILY), quickPython.groups());
  }

  @Test
  void unknownAndIncompleteOptionsAreNamed() {
    assertTrue(problem("--fast").contains("--fast"));
    assertTrue(problem("--seconds").contains("--seconds"));
    assertTrue(problem("--threads", "1,two").contains("--threads"));
    assertTrue(problem("--threads", "1,two").contains("two"));
    assertTrue(problem("--groups", "tables").endsWith("there is no group 'tables'"));
    assertTrue(problem("--precisions", "f16").contains("f16"));
    assertTrue(problem("--shapes", "1x2").endsWith("shape '1x2' must be BxTxH-D"));
  }

  @Test
  void usageNamesEveryOption() {
    String usage = Options.commandLine(new Options()).getUsageMessage();
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
            "--out")) {
      assertTrue(usage.contains("  " + option), option);
    }
  }

  private static Options parse(String... arguments) {
    Options options = new Options();
    Options.commandLine(options).parseArgs(arguments);
    return options;
  }

  private static String problem(String... arguments) {
    return assertThrows(ParameterException.class, () -> parse(arguments)).getMessage();
  }
}
