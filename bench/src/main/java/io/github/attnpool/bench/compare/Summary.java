package io.github.attnpool.bench.compare;

import io.github.attnpool.Activation;
import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchForm;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.compare.Case.Group;
import io.github.attnpool.bench.peer.PeerKind.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Compares attnpool with the fastest peer of each case, in a line or a table. */
final class Summary {
  private final List<CaseResult> table;

  Summary(List<CaseResult> results) {
    this.table = results.stream().filter(result -> result.of().group() == Group.TABLE).toList();
  }

  /** Returns one case in one line, to show progress. */
  static String line(CaseResult result) {
    return result
        .subject()
        .map(own -> Figures.time(own.timing().median()) + against(result))
        .orElse("attnpool was not timed");
  }

  private static String against(CaseResult result) {
    return result
        .fastestPeer()
        .map(
            peer ->
                ", " + peer.name() + " takes " + Figures.ratio(result.ratio(peer)) + " that time")
        .orElse("");
  }

  /** Returns a table for each number of threads; empty without cases of the table. */
  String markdown() {
    StringBuilder text = new StringBuilder(table.isEmpty() ? "" : "\n## Summary\n");
    for (int threads : new TreeSet<>(table.stream().map(r -> r.of().threads()).toList())) {
      text.append("\n### ").append(threads).append(threads == 1 ? " thread" : " threads");
      text.append("\n\n").append(markdown(threads));
    }
    return text.toString();
  }

  private String markdown(int threads) {
    StringBuilder text =
        new StringBuilder(
            Figures.head(
                List.of(
                    "B×T×H→D",
                    "precision",
                    "attnpool",
                    "GF/s",
                    "of FMA peak",
                    "context error",
                    "fastest peer",
                    "its time",
                    "its error",
                    "attnpool is faster by")));
    TreeMap<Arithmetic, List<Double>> ratios = new TreeMap<>();
    for (CaseResult result : table) {
      if (result.of().threads() == threads) {
        result.subject().ifPresent(own -> text.append(row(result, own)));
        result
            .fastestPeer()
            .ifPresent(
                peer ->
                    ratios
                        .computeIfAbsent(result.of().arithmetic(), key -> new ArrayList<>())
                        .add(result.ratio(peer)));
      }
    }
    text.append("\nGeometric mean against the fastest peer of each case:");
    ratios.forEach(
        (arithmetic, values) ->
            text.append(" **")
                .append(Figures.ratio(Figures.geometricMean(values)))
                .append("** in ")
                .append(arithmetic)
                .append(';'));
    text.setLength(text.length() - 1);
    return text.append(".\n\n").append(means(threads)).toString();
  }

  private static String row(CaseResult result, PeerResult own) {
    List<String> cells = new ArrayList<>();
    cells.add(name(result.of()));
    cells.add(result.of().arithmetic().label());
    cells.add(Figures.time(own.timing().median()));
    cells.add(Figures.digits(result.flops(own) / 1e9));
    cells.add(Figures.percent(result.fractionOfPeak(own)));
    cells.add(Figures.error(own.contextError()));
    PeerResult peer = result.fastestPeer().orElse(null);
    cells.add(peer == null ? "none offers it" : peer.name());
    cells.add(peer == null ? "–" : Figures.time(peer.timing().median()));
    cells.add(peer == null ? "–" : Figures.error(peer.contextError()));
    cells.add(peer == null ? "–" : "**" + Figures.ratio(result.ratio(peer)) + "**");
    return Figures.row(cells);
  }

  /** Returns a table of each peer's time / attnpool's time, as geometric means. */
  private String means(int threads) {
    Map<String, Map<Arithmetic, List<Double>>> ratios = new LinkedHashMap<>();
    for (CaseResult result : table) {
      if (result.of().threads() == threads) {
        result
            .timed()
            .filter(other -> other.role() != Role.SUBJECT)
            .forEach(
                other ->
                    ratios
                        .computeIfAbsent(other.name(), key -> new TreeMap<>())
                        .computeIfAbsent(result.of().arithmetic(), key -> new ArrayList<>())
                        .add(result.ratio(other)));
      }
    }
    List<String> names = new ArrayList<>(List.of("time / attnpool, geometric mean of its cases"));
    for (Arithmetic arithmetic : Arithmetic.values()) {
      names.add(arithmetic.label());
    }
    StringBuilder text = new StringBuilder(Figures.head(names));
    ratios.forEach(
        (name, byArithmetic) -> {
          List<String> cells = new ArrayList<>(List.of(name));
          for (Arithmetic arithmetic : Arithmetic.values()) {
            List<Double> values = byArithmetic.getOrDefault(arithmetic, List.of());
            cells.add(
                values.isEmpty()
                    ? "–"
                    : Figures.ratio(Figures.geometricMean(values)) + " (" + values.size() + ")");
          }
          text.append(Figures.row(cells));
        });
    return text.toString();
  }

  /** Returns a shape as the tables write it. */
  static String name(Case one) {
    BenchShape shape = one.shape();
    BenchForm form = shape.form();
    StringBuilder name = new StringBuilder();
    name.append(shape.batch()).append('×').append(shape.steps()).append('×').append(shape.width());
    if (form.projected() > 0) {
      name.append('→').append(form.projected());
    }
    if (form.activation() == Activation.GELU) {
      name.append(" GELU");
    }
    name.append(shape.units() > 0 ? "→" + shape.units() : ", linear");
    if (form.gated()) {
      name.append(", gated");
    }
    if (form.heads() > 1) {
      name.append(", ").append(form.heads()).append(" heads");
    }
    if (form.perHead()) {
      name.append(", a logit per head");
    }
    if (form.values() > 0) {
      name.append(", values of ").append(form.values());
    }
    if (form.statistics()) {
      name.append(", mean and deviation per channel");
    }
    name.append(
        switch (form.query()) {
          case NONE -> "";
          case TERM -> ", query term";
          case MAPPED -> ", mapped query";
        });
    return name.append(one.cold() ? ", cold" : "").toString();
  }
}
