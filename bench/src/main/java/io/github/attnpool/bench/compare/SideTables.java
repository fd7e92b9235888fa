package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.compare.Case.Group;
import io.github.attnpool.bench.peer.LoopKind;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the tables about attnpool alone, in Markdown. */
final class SideTables {
  private SideTables() {}

  /** Shows what Java adds to the same loop in C; empty if it was not measured. */
  static String overhead(List<CaseResult> results) {
    StringBuilder rows = new StringBuilder();
    for (CaseResult result : results) {
      PeerResult loop = result.named(LoopKind.NAME).orElse(null);
      PeerResult own = result.subject().orElse(null);
      if (loop != null && own != null) {
        double share = own.timing().ratioTo(loop.timing()) - 1;
        rows.append(
            Figures.row(
                List.of(
                    Summary.name(result.of()),
                    Figures.time(own.timing().median()),
                    Figures.time(loop.timing().median()),
                    String.format(Locale.ROOT, "%+.0f ns", share * loop.timing().median()),
                    Figures.signedPercent(share))));
      }
    }
    return Figures.section(
        "What Java adds to the same loop in C",
        List.of("B×T×H→D", "attnpool", "in C", "difference", "in percent"),
        rows);
  }

  /** Shows the time per row as a sequence grows, against the shortest of its width. */
  static String growth(List<CaseResult> results) {
    StringBuilder rows = new StringBuilder();
    Map<Integer, Double> shortest = new HashMap<>();
    for (CaseResult result : results) {
      PeerResult own = result.subject().orElse(null);
      if (result.of().group() == Group.GROWTH && own != null) {
        double perRow = own.timing().median() / result.of().shape().rows();
        double first = shortest.computeIfAbsent(result.of().shape().width(), key -> perRow);
        rows.append(
            Figures.row(
                List.of(
                    Summary.name(result.of()),
                    Figures.time(perRow),
                    Figures.signedPercent(perRow / first - 1))));
      }
    }
    return Figures.section(
        Group.GROWTH.title(), List.of("B×T×H→D", "time per row", "against the shortest"), rows);
  }
}
