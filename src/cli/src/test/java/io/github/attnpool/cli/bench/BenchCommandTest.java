package io.github.attnpool.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.cli.Main;
import io.github.attnpool.cli.spi.ExitStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
  private static final List<String> CONTRACT =
      List.of(
          "backend",
          "plan",
          "precision",
          "threads",
          "b",
          "t",
          "h",
          "d",
          "medianMillis",
          "p99Millis",
          "gflops",
          "rowsPerSecond",
          "fractionOfPeak");

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void writesEveryFieldOfTheContract() throws IOException {
    Map<String, Object> result =
        measure("--shape", "2,5,8,6", "--backend", "jvm", "--plan", "staged").getFirst();
    assertTrue(result.keySet().containsAll(CONTRACT), () -> result.toString());
    assertEquals("jvm", result.get("backend"));
    assertEquals("staged", result.get("plan"));
    assertEquals("f32", result.get("precision"));
    assertEquals(1.0, result.get("threads"));
    assertEquals(
        List.of(2.0, 5.0, 8.0, 6.0), Stream.of("b", "t", "h", "d").map(result::get).toList());
    double median = number(result, "medianMillis");
    assertTrue(median > 0 && number(result, "p99Millis") >= median, () -> result.toString());
    assertEquals(2.0 * 2 * 5 * 8 * 6 / median / 1e6, number(result, "gflops"), 1e-9);
    assertEquals(2 * 5 / median * 1e3, number(result, "rowsPerSecond"), 1e-3);
    Object fraction = result.get("fractionOfPeak");
    assertTrue(fraction == null || (double) fraction > 0, () -> result.toString());
  }

  @Test
  void runsEveryCombinationOfEveryShape() throws IOException {
    List<Map<String, Object>> results =
        measure(
            "--shape=1,3,4",
            "2,3,4,5",
            "--shape",
            "1,2,3",
            "--backend=onednn,jvm",
            "--threads=1,2");
    assertEquals(
        List.of("4.0", "5.0", "3.0"),
        results.stream().map(result -> result.get("d").toString()).distinct().toList());
    assertTrue(results.stream().anyMatch(result -> result.get("threads").equals(2.0)));
    int rows = 3 * 2 * 2;
    assertEquals(rows, results.size() + count("not run: "), out::toString);
    assertTrue(out.toString().lines().count() > rows);
    for (String title : List.of("shape", "isa", "median ms", "p99 ms", "rows/s", "% of peak")) {
      assertTrue(out.toString().lines().findFirst().orElseThrow().contains(title), out::toString);
    }
  }

  @Test
  void givesAFractionOfThePeakWhereThereAreNativeKernels() throws IOException {
    Map<String, Object> result =
        measure("--shape", "1,64,32", "--backend", "onednn", "--input-type", "bf16").getFirst();
    assertEquals("onednn", result.get("backend"));
    assertEquals("bf16", result.get("inputType"));
    assertTrue(number(result, "fractionOfPeak") > 0, () -> result.toString());
    assertEquals(1, count("FMA peak of one thread, f32: "), out::toString);
  }

  @Test
  void listsWhatIsNotOfferedWithTheReason() throws IOException {
    List<Map<String, Object>> results =
        measure(
            "--shape=1,2,3",
            "--backend=jvm,cuda:99",
            "--plan=fused,staged",
            "--precision=bf16,f32",
            "--threads=2");
    assertEquals(
        List.of("fused", "staged"), results.stream().map(result -> result.get("plan")).toList());
    assertEquals(4, count("not run: 'cuda:99' cannot be used here: "), out::toString);
    assertEquals(2, count("not run: backend jvm offers precision F32 only"), out::toString);
  }

  @Test
  void failsIfNothingCouldRun() throws IOException {
    Path file = folder.resolve("results.json");
    List<String> shapes = List.of("bench", "--shape", "1,2,3", "1,2,4", "--json", file.toString());
    assertFails(
        "attnpool: bench: no case could run: 'cuda:99' cannot be used here: ", shapes, "cuda:99");
    assertFalse(Files.exists(file));
    assertFails(
        "attnpool: bench: no case could run: it needs ",
        List.of("bench", "--shape", "2000000000,2000000000,1"),
        "jvm");
  }

  @Test
  void refusesAFileThatCannotBeWrittenBeforeAnythingRuns() throws IOException {
    Path file = folder.resolve("absent").resolve("results.json");
    List<String> hours =
        List.of("bench", "--shape=1,2,3", "--seconds=9999", "--json", file.toString());
    assertFails("attnpool: write " + file + ": there is no directory ", hours, "jvm");
    assertFails(
        "attnpool: write " + folder + ": is a directory",
        List.of("bench", "--shape=1,2,3", "--seconds=9999", "--json", folder.toString()),
        "jvm");
  }

  @Test
  void replacesAFileAndLeavesNothingElse() throws IOException {
    Files.writeString(folder.resolve("results.json"), "old");
    assertEquals(1, measure("--shape", "1,2,3", "--backend", "jvm").size());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(folder.resolve("results.json")), files.toList());
    }
  }

  private List<Map<String, Object>> measure(String... args) throws IOException {
    Path file = folder.resolve("results.json");
    List<String> all = new ArrayList<>(List.of("bench", "--seconds", "0.02"));
    all.addAll(List.of("--json", file.toString()));
    all.addAll(List.of(args));
    assertEquals(ExitStatus.GOOD, run(all), err::toString);
    assertEquals("", err.toString());
    return JsonArray.read(Files.readString(file));
  }

  private void assertFails(String problem, List<String> args, String backend) {
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(args);
    all.addAll(List.of("--backend", backend));
    assertEquals(ExitStatus.FAILED, run(all));
    assertTrue(err.toString().startsWith(problem), err::toString);
    assertEquals(1, err.toString().lines().count(), err::toString);
    assertEquals("", out.toString());
  }

  private int run(List<String> args) {
    return Main.run(new PrintWriter(out), new PrintWriter(err), args.toArray(String[]::new));
  }

  private int count(String text) {
    return (int) out.toString().lines().filter(line -> line.contains(text)).count();
  }

  private static double number(Map<String, Object> result, String name) {
    return (double) result.get(name);
  }
}
