package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.compare.Case.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Writes the comparison as a page to read. */
final class MarkdownReport {
  private final StringBuilder text = new StringBuilder();
  private final List<CaseResult> results;

  private MarkdownReport(List<CaseResult> results) {
    this.results = results;
  }

  /**
   * Returns the page.
   *
   * @param charts file names of the charts, by group
   */
  static String of(
      Machine machine,
      Options options,
      double startMillis,
      List<CaseResult> results,
      Map<Group, String> charts) {
    MarkdownReport page = new MarkdownReport(results);
    page.text.append("# attnpool against its peers\n\n");
    machine.facts().forEach((name, fact) -> page.fact(name, fact));
    page.fact("Run", options.quick() ? "quick" : "full");
    page.fact("Time of a peer at a case", options.seconds() + " s, warm-up included");
    page.fact("JVM start to first result", Math.round(startMillis) + " ms (median of processes)");
    page.method();
    page.text.append(new Summary(results).markdown());
    page.text.append(FormTables.family(results)).append(FormTables.keys(results));
    page.text.append(SideTables.overhead(results)).append(SideTables.growth(results));
    charts.forEach(
        (group, file) ->
            page.text
                .append("\n## ")
                .append(group.title())
                .append("\n\n![")
                .append(group.title())
                .append("](")
                .append(file)
                .append(")\n"));
    for (Group group : Group.values()) {
      page.cases(group);
    }
    page.leftOut();
    return page.text.toString();
  }

  private void fact(String name, String fact) {
    text.append("- ").append(name).append(": ").append(fact).append('\n');
  }

  private void method() {
    text.append(
        """

        All peers of a case run interleaved: in each round every peer gets the same slice of time,
        and each round starts with another peer. Times are medians of the rounds' medians; ratios are
        medians of the rounds' own ratios. Inputs are random and the same for all. Before a peer is
        timed, its context (and its logits, if any) must agree with attnpool's: ‖difference‖₂ is at
        most 1e-5 of the norm in f32, and 2e-2 in bf16. Errors are the largest relative error of any
        head and sequence against float64, of x as given (of bfloat16 x in bf16). GF/s and the
        fraction of the FMA peak count 2·N·H·D operations, and those of a projection, a gate, values
        and scores per channel. The peak is that of a loop in registers, interleaved like a peer, times
        the threads. bf16 takes x in bfloat16; bf16-f32x takes x in f32 and converts it within the
        call. "GEMMs alone" are the multiplications that every row needs by oneDNN in C, with nothing
        between them: of the projection, the hidden units, the values (without their last map, which
        contexts can take) and, from 64 heads or channels on, the scores and the weighted sums of heads.
        They take bfloat16 x in both bf16; the fastest tile height counts.
        """);
  }

  private void cases(Group group) {
    List<CaseResult> ofGroup =
        results.stream().filter(result -> result.of().group() == group).toList();
    if (ofGroup.isEmpty()) {
      return;
    }
    text.append("\n## All figures: ").append(group.title()).append('\n');
    for (CaseResult result : ofGroup) {
      text.append("\n### ")
          .append(Summary.name(result.of()))
          .append(", ")
          .append(result.of().arithmetic())
          .append(", ")
          .append(result.of().threads())
          .append(result.of().threads() == 1 ? " thread" : " threads")
          .append("\n\n");
      text.append(
          Figures.head(
              List.of(
                  "who",
                  "what ran",
                  "median",
                  "99%",
                  "time per row",
                  "GF/s",
                  "of FMA peak",
                  "time / attnpool",
                  "context error",
                  "weights error")));
      result.timed().forEach(one -> text.append(row(result, one)));
    }
  }

  private static String row(CaseResult result, PeerResult one) {
    double median = one.timing().median();
    return Figures.row(
        List.of(
            one.name(),
            one.runsOn(),
            Figures.time(median),
            one.timing().count() == 1 ? "one call" : Figures.time(one.timing().p99()),
            Figures.time(median / result.of().shape().rows()),
            Figures.digits(result.flops(one) / 1e9),
            Figures.percent(result.fractionOfPeak(one)),
            Figures.ratio(result.ratio(one)),
            Figures.error(one.contextError()),
            Figures.error(one.weightsError())));
  }

  /** Lists which peers were not timed and why, each reason once. */
  private void leftOut() {
    TreeMap<String, TreeSet<String>> reasons = new TreeMap<>();
    for (CaseResult result : results) {
      for (PeerResult one : result.results()) {
        one.problem()
            .ifPresent(
                problem ->
                    reasons
                        .computeIfAbsent(one.name() + ": " + problem, key -> new TreeSet<>())
                        .add(result.of().toString()));
      }
    }
    if (!reasons.isEmpty()) {
      text.append("\n## Not timed\n\n");
      reasons.forEach(
          (reason, cases) -> {
            List<String> some = new ArrayList<>(cases).subList(0, Math.min(3, cases.size()));
            text.append("- ")
                .append(reason)
                .append(" (")
                .append(String.join("; ", some))
                .append(
                    cases.size() > some.size()
                        ? " and " + (cases.size() - some.size()) + " more"
                        : "")
                .append(")\n");
          });
    }
  }
}
