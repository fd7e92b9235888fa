package io.github.attnpool.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.Plan;
import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.compare.Case.Group;
import io.github.attnpool.bench.peer.AttnPoolKind;
import io.github.attnpool.bench.peer.OnnxRuntimeKind;
import io.github.attnpool.bench.peer.PeerKind;
import io.github.attnpool.bench.peer.PeerKind.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    Options options = Options.parse(new String[] {"--quick"});
    new Report(new Machine(), options, 1, results).write(folder);
    String page = Files.readString(folder.resolve("README.md"));
    assertTrue(page.contains("| 2×17×24→10, cold | f32 |"), page);
    assertTrue(Files.readString(folder.resolve("results.json")).contains("\"fractionOfPeak\""));
    assertTrue(Files.readString(folder.resolve("time-against-steps.svg")).startsWith("<svg"));
  }

  @Test
  void peerThatCannotDoTheWorkIsLeftOutWithItsReason() throws InterruptedException {
    Case one = new Case(Group.TABLE, BenchShape.parse("1x4x8-4"), Arithmetic.BF16_OF_F32, 1, false);
    CaseResult result = RUNNER.run(one, OnnxRuntimeKind.all());
    assertEquals(0, result.timed().count());
    assertTrue(result.results().getFirst().problem().contains("bfloat16"));
  }

  private static void assertAccurate(PeerResult result) {
    assertTrue(result.contextError() < 1e-5, result.name() + " " + result.contextError());
    assertTrue(result.weightsError() < 1e-5, result.name() + " " + result.weightsError());
  }
}
