package io.github.attnpool.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.Plan;
import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.compare.Case.Group;
import io.github.attnpool.bench.peer.ActivationsKind;
import io.github.attnpool.bench.peer.AttnPoolKind;
import io.github.attnpool.bench.peer.KeysKind;
import io.github.attnpool.bench.peer.OnnxRuntimeKind;
import io.github.attnpool.bench.peer.PeerKind;
import io.github.attnpool.bench.peer.PeerKind.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ComparisonTest {
  private static final CaseRunner RUNNER =
      new CaseRunner(new Rounds(2, Duration.ofMillis(1), Duration.ZERO), 1 << 16);

  @Test
  void everyPeerIsRightAndTimed(@TempDir Path folder) throws IOException, InterruptedException {
    List<PeerKind> kinds = new ArrayList<>();
    kinds.add(new AttnPoolKind("onednn", Plan.FUSED, Role.SUBJECT));
    kinds.add(new AttnPoolKind("jvm", Plan.STAGED, Role.VARIANT));
    kinds.addAll(OnnxRuntimeKind.all());
    List<CaseResult> results = new ArrayList<>();
    for (Group group : List.of(Group.TABLE, Group.STEPS)) {
      Case one = new Case(group, BenchShape.parse("2x17x24-10"), Arithmetic.F32, 1, true);
      results.add(RUNNER.run(one, kinds));
    }
    for (CaseResult result : results) {
      assertEquals(kinds.size(), result.timed().count());
      result.timed().forEach(ComparisonTest::assertAccurate);
      assertTrue(result.peakFlops() > 1e9, "peak " + result.peakFlops());
    }
    Options options = CommandLine.populateCommand(new Options(), "--quick");
    new Report(new Machine(), options, 1, results).write(folder);
    String page = Files.readString(folder.resolve("README.md"));
    assertTrue(page.contains("| 2×17×24→10, cold | f32 |"), page);
    assertTrue(Files.readString(folder.resolve("results.json")).contains("\"fractionOfPeak\""));
    assertTrue(Files.readString(folder.resolve("time-against-steps.svg")).startsWith("<svg"));
  }

  @Test
  void otherFormsAreRightAgainstFloat64() throws InterruptedException {
    List<PeerKind> kinds =
        List.of(
            new AttnPoolKind("onednn", Plan.FUSED, Role.SUBJECT),
            new AttnPoolKind("jvm", Plan.FUSED, Role.VARIANT),
            OnnxRuntimeKind.matmul());
    for (String shape : List.of("2x259x24-10+proj12+gate+heads2+perhead", "1x7x24-0+heads3")) {
      Case one = new Case(Group.FAMILY, BenchShape.parse(shape), Arithmetic.F32, 1, false);
      CaseResult result = RUNNER.run(one, kinds);
      assertEquals(kinds.size(), result.timed().count());
      result.timed().forEach(ComparisonTest::assertAccurate);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2x259x24-10+stats",
        "2x30x24-0+stats",
        "1x70x24-10+gelu12+gate+values6",
        "1x40x10-0+heads70+perhead",
        "2x40x24-10+heads3+values6+perhead"
      })
  void formsThatOtherLibrariesLackAreRightAgainstFloat64(String shape) throws InterruptedException {
    List<PeerKind> kinds =
        List.of(
            new AttnPoolKind("onednn", Plan.FUSED, Role.SUBJECT),
            new AttnPoolKind("jvm", Plan.FUSED, Role.VARIANT));
    Case one = new Case(Group.FAMILY, BenchShape.parse(shape), Arithmetic.F32, 1, false);
    CaseResult result = RUNNER.run(one, kinds);
    assertEquals(kinds.size(), result.timed().count());
    result.timed().forEach(ComparisonTest::assertAccurate);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1x4x8-4+stats", "1x4x8-4+gelu6", "1x4x8-4+values6"})
  void graphsWithoutTheFormAreLeftOut(String shape) throws InterruptedException {
    Case one = new Case(Group.FAMILY, BenchShape.parse(shape), Arithmetic.F32, 1, false);
    CaseResult result = RUNNER.run(one, List.of(OnnxRuntimeKind.matmul()));
    assertTrue(result.results().getFirst().problem().orElseThrow().contains("its graph"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"+query", "+querymap"})
  void projectedKeysGiveTheResultOfAWholeCall(String words) throws InterruptedException {
    List<PeerKind> kinds =
        List.of(
            new AttnPoolKind("onednn", Plan.FUSED, Role.SUBJECT),
            new KeysKind(true),
            new KeysKind(false));
    BenchShape shape = BenchShape.parse("2x30x24-10" + words);
    CaseResult result = RUNNER.run(new Case(Group.KEYS, shape, Arithmetic.F32, 1, true), kinds);
    assertEquals(kinds.size(), result.timed().count());
    result.timed().forEach(ComparisonTest::assertAccurate);
    assertTrue(Double.isNaN(result.flops(result.results().getLast())), "it multiplies nothing");
  }

  @Test
  void partsAreSetAgainstTheWhole(@TempDir Path folder) throws IOException {
    List<CaseResult> results =
        List.of(
            result(Group.FAMILY, "1x4x8-4+gate", fake("GEMMs alone", Role.YARDSTICK, 100)),
            result(
                Group.KEYS,
                "1x4x8-4+query",
                fake(KeysKind.KEPT, Role.VARIANT, 12),
                fake(ActivationsKind.NAME, Role.YARDSTICK, 5)));
    new Report(new Machine(), new Options(), 1, results).write(folder);
    String page = Files.readString(folder.resolve("README.md"));
    assertTrue(page.contains("| 1×4×8→4, gated | f32 | 1 | 110 ns | 100 ns | **+10.0%** |"), page);
    assertTrue(page.contains("| 110 ns | 12.0 ns | 5.00 ns | **+6.4%** |"), page);
    String json = Files.readString(folder.resolve("results.json"));
    assertTrue(json.contains("\"timesYardstick\" : 1.1,"), json);
  }

  private static CaseResult result(Group group, String shape, PeerResult... parts) {
    List<PeerResult> all = new ArrayList<>(List.of(fake("attnpool", Role.SUBJECT, 110)));
    all.addAll(List.of(parts));
    Case one = new Case(group, BenchShape.parse(shape), Arithmetic.F32, 1, false);
    return new CaseResult(one, all, new Timing());
  }

  private static PeerResult fake(String name, Role role, double nanos) {
    Timing timing = new Timing();
    timing.add(0, new double[] {nanos});
    return new PeerResult(name, role, "fake", timing, Optional.empty(), false, 0, 0);
  }

  @Test
  void peerThatCannotDoTheWorkIsLeftOutWithItsReason() throws InterruptedException {
    Case one = new Case(Group.TABLE, BenchShape.parse("1x4x8-4"), Arithmetic.BF16_OF_F32, 1, false);
    CaseResult result = RUNNER.run(one, OnnxRuntimeKind.all());
    assertEquals(0, result.timed().count());
    assertTrue(result.results().getFirst().problem().orElseThrow().contains("bfloat16"));
  }

  private static void assertAccurate(PeerResult result) {
    assertTrue(result.contextError() < 1e-5, result.name() + " " + result.contextError());
    assertTrue(result.weightsError() < 1e-5, result.name() + " " + result.weightsError());
  }
}
