package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.compare.Case.Group;
import io.github.attnpool.bench.compare.LineChart.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Writes the folder of a comparison: results.json, README.md and the charts. */
record Report(Machine machine, Options options, double startMillis, List<CaseResult> results) {
  /** What the cases of a chart differ in. */
  private record Axis(Group group, String name, ToDoubleFunction<Case> value) {}

  private static final List<Axis> AXES =
      List.of(
          new Axis(Group.STEPS, "T, rows of the one sequence", one -> one.shape().steps()),
          new Axis(Group.WIDTH, "H = D", one -> one.shape().width()),
          new Axis(Group.BATCH, "B, sequences", one -> one.shape().batch()),
          new Axis(Group.THREADS, "threads", Case::threads));

  void write(Path folder) throws IOException {
    JsonReport.write(folder.resolve("results.json"), machine, options, startMillis, results);
    Map<Group, String> charts = new EnumMap<>(Group.class);
    for (Axis axis : AXES) {
      Group group = axis.group();
      List<CaseResult> ofGroup =
          results.stream().filter(result -> result.of().group() == group).toList();
      if (!ofGroup.isEmpty()) {
        String file = "time-against-" + group + ".svg";
        Files.writeString(folder.resolve(file), chart(axis, ofGroup));
        charts.put(group, file);
      }
    }
    Files.writeString(
        folder.resolve("README.md"),
        MarkdownReport.of(machine, options, startMillis, results, charts));
  }

  private String chart(Axis axis, List<CaseResult> ofGroup) {
    Map<String, SortedMap<Double, Double>> points = new LinkedHashMap<>();
    for (CaseResult result : ofGroup) {
      double x = axis.value().applyAsDouble(result.of());
      result
          .timed()
          .forEach(
              one ->
                  points
                      .computeIfAbsent(one.name(), key -> new TreeMap<>())
                      .put(x, one.timing().median()));
    }
    List<Line> lines = new ArrayList<>();
    points.forEach((name, ofPeer) -> lines.add(new Line(name, ofPeer)));
    Case first = ofGroup.getFirst().of();
    String title = "Time of one call, " + sizes(axis.group(), first) + ", " + first.arithmetic();
    return LineChart.svg(title, machine.processor(), axis.name(), lines);
  }

  /** Returns the sizes of a group's cases, with a letter for the size that varies. */
  private static String sizes(Group group, Case first) {
    BenchShape shape = first.shape();
    return switch (group) {
      case STEPS -> "1×T×" + shape.width() + "→" + shape.units();
      case WIDTH -> shape.batch() + "×" + shape.steps() + "×H→H";
      case BATCH -> "B×" + shape.steps() + "×" + shape.width() + "→" + shape.units();
      default -> Summary.name(first);
    };
  }
}
