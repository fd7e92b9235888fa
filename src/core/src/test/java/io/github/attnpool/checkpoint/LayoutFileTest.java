package io.github.attnpool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayoutFileTest {
  private static final String SCORE = "\"score\": [{\"linear\": \"a\"}]";

  @TempDir Path folder;

  private static String refused(String json) {
    return assertThrows(AttnPoolException.class, () -> Layout.parse(json)).problem();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {%s} | there is no 'attnpool-layout', must be 1
          {"attnpool-layout": 2, %s} | 'attnpool-layout' is 2.0, must be 1
          {"attnpool-layout": 1} | stage 'score' must have a linear step
          {"attnpool-layout": 1, %s, "poling": []} | there is a key 'poling', must be one of
          {"attnpool-layout": 1, %s, "hidden": []} | stage 'hidden' has no steps; leave it out
          {"attnpool-layout": 1, %s, "hidden": "W"} | 'hidden' must be a list of steps [{…}, …]
          {"attnpool-layout": 1, %s, "hidden": [{"conv": "W"}]} | in 'hidden', step 1: a step has one of the keys
          {"attnpool-layout": 1, %s, "hidden": [{"linear": "W", "eps": 1}]} | in 'hidden', step 1: there is a key 'eps'
          {"attnpool-layout": 1, %s, "hidden": [{"activation": "swish"}]} | in 'hidden', step 1: there is no activation 'swish'
          {"attnpool-layout": 1, %s, "hidden": [{"divide": 2}]} | in 'hidden', step 1: 'divide' can only be in stage 'score'
          {"attnpool-layout": 1, %s, "rows": [{"linear": "p.{i}"}]} | in 'rows', step 1: {i} cannot be in stage 'rows'
          {"attnpool-layout": 1, %s, "hidden": [{"linear": "p.{k}"}]} | in 'hidden', step 1: 'linear' is 'p.{k}', must be a name
          {"attnpool-layout": 1, %s, "hidden": [{"linear": {"bias": "b"}}]} | in 'linear': there is no 'weight'
          {"attnpool-layout": 1, %s, "hidden": [{"layernorm": "n", "eps": 0}]} | 'eps' must be a positive number
          {"attnpool-layout": 1, %s, "statistics": ["std"]} | 'statistics' must be ["mean"] or ["mean", "std"]
          {"attnpool-layout": 1, %s, "softmax": {"per": "row"}} | in 'softmax': 'per' must be one of head, channel
          {"attnpool-layout": 1, %s, "softmax": {"epsilon": -1}} | 'epsilon' must be 0 or a positive number
          {"attnpool-layout": 1, %s, "heads": "sum"} | 'heads' is 'sum', must be one of concat, mean, per-head
          {"attnpool-layout": 1, %s, "values": "x"} | 'values' must be one of rows, input
          {"attnpool-layout": 1, %s, "query": [{"linear": "q"}]} | stage 'query' needs a linear step in stage 'hidden'
          {"attnpool-layout": 1, %s, "ignore": "x.*"} | 'ignore' must be a list of texts
          {"attnpool-layout": 1, "attnpool-layout": 1, %s} | it is not sound JSON
          [] | it is no JSON object {…}
          {"attnpool-layout": 1, %s} x | it is not sound JSON
          """)
  void whatIsNotUnderstoodIsAnErrorThatSaysWhere(String json, String problem) {
    String said = refused(json.replace("%s", SCORE));
    assertTrue(said.contains(problem), said);
  }

  @Test
  void namesItselfByItsFile() throws IOException {
    Path file = folder.resolve("mine.json");
    Files.writeString(file, "{\"attnpool-layout\": 1, " + SCORE + "}");
    assertEquals("mine", Layout.of(file.toString()).name());
  }

  @Test
  void nestingIsBounded() {
    assertTrue(refused("[".repeat(100_000)).contains("not sound JSON"));
    String deep = "{\"attnpool-layout\": 1, \"ignore\": " + "[".repeat(40) + "]".repeat(40) + "}";
    assertTrue(refused(deep).contains("nested more than 16 deep"));
  }

  @Test
  void aFileThatIsTooLargeIsNotRead() throws IOException {
    Path file = folder.resolve("large.json");
    Files.write(file, new byte[(1 << 20) + 1]);
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> Layout.read(file));
    assertTrue(e.getMessage().contains("too large for a layout"), e.getMessage());
  }

  /** Nothing but our exception comes of damage. */
  @Test
  void randomDamageIsNoticedOrHarmless() {
    SplittableRandom random = new SplittableRandom(7);
    for (Layout layout : Layout.known()) {
      String json = layout.toJson();
      for (int round = 0; round < 200; round++) {
        StringBuilder damaged = new StringBuilder(json);
        for (int i = 0; i <= random.nextInt(4); i++) {
          damaged.setCharAt(
              random.nextInt(damaged.length()), "{}[]\",:1e-n\0a".charAt(random.nextInt(13)));
        }
        try {
          Layout.parse(damaged.toString());
        } catch (AttnPoolException _) {
          // what is to come of it
        }
      }
    }
  }
}
