package io.github.attnpool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.cli.spi.ExitStatus;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong usage: one line on standard error that names it, and status 2. */
class BadUsageTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "Missing command | ",
        "Unknown command: 'walk' | walk",
        "Unknown option: '--bogus' | --bogus",
        "Unknown option: '--bogus' | run --bogus",
        "Unknown option: '--bogus' | run --weights w --input i --output o --bogus",
        "Unknown option: '--Backend' | run --weights w --input i --output o --Backend jvm",
        "Unexpected argument: 'more' | run --weights w --input i --output o more",
        "'--input=FILE' | run --weights w --output o",
        "'--weights=FILE' | run --input i --output o",
        "'--output=FILE' | run --weights w --input i",
        "'--weights' (FILE) | run --weights",
        "'--weights' (FILE) should be specified only once | run --weights w --weights v",
        "'--backend': 'tpu' | run --weights w --input i --output o --backend tpu",
        "'--backend': 'cuda:x' | run --weights w --input i --output o --backend cuda:x",
        "'--backend': 'jvm:0' | run --weights w --input i --output o --backend jvm:0",
        "'--backend': 'JVM' | run --weights w --input i --output o --backend JVM",
        "'--precision': 'f8' | run --weights w --input i --output o --precision f8",
        "'--plan': 'Staged' | run --weights w --input i --output o --plan Staged",
        "'--empty': 'one' | run --weights w --input i --output o --empty one",
        "'--layout': 'mine' | run --weights w --input i --output o --layout mine",
        "'--outputs': 'sums' | run --weights w --input i --output o --outputs context,sums",
        "'--outputs': '' | run --weights w --input i --output o --outputs=",
        "'--threads': '0' | run --weights w --input i --output o --threads 0",
        "'--threads': '1025', must be 1 to 1024 | run --weights w --input i --json --threads 1025",
        "'--threads': 'two' | run --weights w --input i --output o --threads two",
        "'--columns': '3:3' | run --weights w --input i --output o --columns 3:3",
        "'--columns': '3', must be A:B | run --weights w --input i --output o --columns 3",
        "'--columns': '-1:2' | explain --weights w --input i --columns=-1:2",
        "'--tolerance': '-1.0' | run --weights w --input i --output o --tolerance -1",
        "'--tolerance': 'NaN' | run --weights w --input i --output o --tolerance NaN",
        "--tolerance goes with --expect | run --weights w --input i --output o --tolerance 1",
        "'FILE' | inspect",
        "Unexpected argument: 'b' | inspect a b",
        "Unexpected argument: 'a' | doctor a",
        "'--shape=B,T,H[,D]' | bench",
        "'--shape' at index 0 (B,T,H[,D]) | bench --shape",
        "'--shape': '1,2' | bench --shape 1,2",
        "'--shape': 'x' | bench --shape 1,2,3 x",
        "'--shape': '1,0,3' | bench --shape 1,0,3",
        "Unknown option: '--bogus' | bench --shape=1,2,3 --seconds 1 --bogus",
        "'--backend': 'tpu' | bench --shape 1,2,3 --backend jvm,tpu",
        "'--backend': '' | bench --shape 1,2,3 --backend=",
        "'--precision': 'f8' | bench --shape 1,2,3 --precision f32,f8",
        "'--plan': 'both' | bench --shape 1,2,3 --plan both",
        "'--threads': '0' | bench --shape 1,2,3 --threads 1,0",
        "'--threads' (N): 'two' | bench --shape 1,2,3 --threads 1,two",
        "'--input-type': 'f64' | bench --shape 1,2,3 --input-type f64",
        "'--seconds': '0.0' | bench --shape 1,2,3 --seconds 0",
        "'--seconds': '-1.0' | bench --shape 1,2,3 --seconds -1",
        "'--seconds': 'NaN' | bench --shape 1,2,3 --seconds NaN",
        "'--seconds': 'long' | bench --shape 1,2,3 --seconds long",
        "'--json' (FILE) | bench --shape 1,2,3 --json"
      })
  void isNamedInOneLine(String problem, String line) {
    List<String> args = line == null ? List.of() : List.of(line.split(" "));
    Cli cli = Cli.run(args);
    assertEquals(ExitStatus.USAGE, cli.status(), cli.err());
    assertTrue(cli.err().contains(problem), cli.err());
    assertTrue(cli.err().stripTrailing().endsWith("--help)"), cli.err());
    assertEquals(1, cli.err().lines().count(), cli.err());
    assertEquals("", cli.out());
  }

  @Test
  void isNotToAskForHelpOrVersion() {
    for (String[] args :
        new String[][] {
          {"--help"},
          {"run", "--help"},
          {"inspect", "-h"},
          {"doctor", "--help"},
          {"bench", "--help"}
        }) {
      Cli cli = Cli.run(args);
      assertEquals(ExitStatus.GOOD, cli.status());
      assertTrue(cli.out().startsWith("Usage: attnpool"), cli.out());
    }
    String help = Cli.run("--help").out();
    for (String told :
        new String[] {"ATTNPOOL_JAVA_HOME", "ATTNPOOL_JAVA_OPTIONS", "Exit status"}) {
      assertTrue(help.contains(told), help);
    }
    assertTrue(
        help.lines()
            .dropWhile(line -> !line.startsWith("Environment"))
            .skip(1)
            .allMatch(line -> line.startsWith("  ")),
        help);
    assertTrue(Cli.run("bench", "--help").out().contains("tf32, f16"));
    assertTrue(Cli.run("--version").out().startsWith("attnpool "));
  }

  @Test
  void showsAStackTraceOnlyIfAskedFor() {
    Cli cli = Cli.run("inspect", "no such file", "--verbose");
    assertEquals(ExitStatus.FAILED, cli.status());
    assertTrue(cli.err().contains("\tat io.github.attnpool"), cli.err());
  }
}
