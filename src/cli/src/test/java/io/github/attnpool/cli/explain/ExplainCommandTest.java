package io.github.attnpool.cli.explain;

import static io.github.attnpool.cli.SampleFiles.WIDTH;
import static io.github.attnpool.cli.SampleFiles.longs;
import static io.github.attnpool.cli.SampleFiles.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.attnpool.ElementType;
import io.github.attnpool.cli.Cli;
import io.github.attnpool.cli.SampleFiles;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.format.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {
  @TempDir private Path folder;
  private SampleFiles files;

  @BeforeEach
  void prepare() {
    files = new SampleFiles(folder);
  }

  @Test
  void showsTheRowsThatARunWeighsMost() throws Exception {
    files.weights(2, 0);
    files.write("input.safetensors", random("x", 2, 30, WIDTH), longs("lengths", 30, 4));
    Path output = folder.resolve("out");
    Cli.run(arguments("run", "--output", output.toString(), "--outputs", "weights,scores"));
    float[] weights = SampleFiles.floats(output, "weights");
    float[] scores = SampleFiles.floats(output, "scores");
    List<String> expected = new ArrayList<>();
    for (int sequence = 0; sequence < 2; sequence++) {
      for (int head = 0; head < 2; head++) {
        int at = (2 * sequence + head) * 30;
        IntStream.range(0, sequence == 0 ? 30 : 4)
            .boxed()
            .sorted(Comparator.comparing(row -> -weights[at + row]))
            .limit(5)
            .forEach(row -> expected.add(row + " " + weights[at + row] + " " + scores[at + row]));
      }
    }
    Cli cli = good("--top", "5", "--json");
    assertEquals(expected, rows(cli.out()));
    assertTrue(cli.out().contains("{\"sequence\":1,\"head\":0,\"rows\":4,\"top\":["), cli.out());
    assertEquals(
        expected.subList(5, 10),
        rows(good("--top", "5", "--head", "1", "--json").out()).subList(0, 5));
  }

  @Test
  void printsTextWithTheHeadOnlyWhereThereAreSeveral() {
    files.weights(1, 0);
    files.write("input.safetensors", random("x", 12, WIDTH));
    String one = good().out();
    assertTrue(one.startsWith("sequence 0: 10 of 12 rows" + System.lineSeparator()), one);
    assertEquals(11, one.lines().count());
    assertTrue(
        one.lines()
            .skip(1)
            .allMatch(line -> line.matches(" +\\d+  weight 0\\.\\d+ +score -?\\d.*")),
        one);
    files.weights(2, 0);
    assertTrue(good("--head", "1").out().startsWith("sequence 0, head 1: 10 of 12 rows"));
  }

  @Test
  void keepsEqualRowsInOrderAndLeavesMaskedOnesOut() throws Exception {
    files.weights(1, 0);
    byte[] keep = {0, 1, 1, 0, 1};
    files.write(
        "input.safetensors",
        Tensor.of("x", new float[5 * WIDTH], 1, 5, WIDTH),
        SampleFiles.bytes("keep", ElementType.BOOL, keep, 1, 5));
    List<String> rows = rows(good("--json").out());
    assertEquals(
        List.of("1", "2", "4"),
        rows.stream().map(row -> row.substring(0, row.indexOf(' '))).toList());
    assertTrue(rows.get(0).startsWith("1 0.33333"), rows.get(0));
  }

  /** A masked row has weight 0, and so has a kept one whose weight is too small for a float. */
  @Test
  void findsKeptRowsWithoutWeightBehindMaskedOnes() throws Exception {
    files.write("weights.safetensors", Tensor.of("a.weight", new float[] {1, 0, 0}, 1, WIDTH));
    byte[] keep = {0, 0, 1, 1};
    float[] x = new float[4 * WIDTH];
    x[2 * WIDTH] = 1000;
    files.write(
        "input.safetensors",
        Tensor.of("x", x, 1, 4, WIDTH),
        SampleFiles.bytes("keep", ElementType.BOOL, keep, 1, 4));
    assertEquals(List.of("2 1.0 1000.0", "3 0.0 0.0"), rows(good("--top", "2", "--json").out()));
  }

  @Test
  void hasNoRowsOfASequenceWithoutAny() throws Exception {
    files.weights(1, 0);
    files.write("input.safetensors", random("x", 1, 3, WIDTH), longs("lengths", 0));
    assertEquals(List.of(), rows(good("--json", "--empty", "nan").out()));
    assertTrue(good().out().startsWith("sequence 0: 0 of 0 rows"));
  }

  @Test
  void refusesWhatCannotBeShown() {
    files.weights(2, 0);
    files.write("input.safetensors", random("x", 3, WIDTH));
    assertEquals(ExitStatus.USAGE, Cli.run(arguments("explain", "--top", "0")).status());
    assertEquals(ExitStatus.USAGE, Cli.run(arguments("explain", "--head", "-1")).status());
    Cli cli = Cli.run(arguments("explain", "--head", "2"));
    assertEquals(ExitStatus.FAILED, cli.status());
    assertEquals(
        "attnpool: explain: --head is 2, must be 0 to 1: what the layer in %s has"
            .formatted(folder.resolve("weights.safetensors")),
        cli.err().strip());
    files.write("input.safetensors", random("x", 3, 7));
    assertEquals(
        "attnpool: explain: rows of x in %s have 7 values, must have the 3 that the layer takes"
            .formatted(folder.resolve("input.safetensors")),
        Cli.run(arguments("explain")).err().strip());
  }

  /** Row, weight and score of every row of the JSON, in order. */
  private static List<String> rows(String json) throws IOException {
    List<String> rows = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_NUMBER_INT && parser.currentName().equals("row")) {
          int row = parser.getIntValue();
          parser.nextValue();
          float weight = parser.getFloatValue();
          parser.nextValue();
          rows.add(row + " " + weight + " " + parser.getFloatValue());
        }
      }
    }
    return rows;
  }

  private Cli good(String... more) {
    Cli cli = Cli.run(arguments("explain", more));
    assertEquals("", cli.err());
    assertEquals(ExitStatus.GOOD, cli.status());
    return cli;
  }

  private List<String> arguments(String command, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                command,
                "--backend",
                "jvm",
                "--weights",
                folder.resolve("weights.safetensors").toString(),
                "--input",
                folder.resolve("input.safetensors").toString()));
    args.addAll(List.of(more));
    return args;
  }
}
