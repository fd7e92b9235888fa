package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.compare.Case.Group;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Writes a comparison's folder: results.json, README.md and the charts. */
record Report(Machine machine, Options options, double startMillis, List<CaseResult> results) {
  private static final Map<Group, ToDoubleFunction<Case>> AXES = new EnumMap<>(Group.class);
  private static final Map<Group, String> AXIS_NAMES = new EnumMap<>(Group.class);

  static {
    axis(Group.STEPS, "T, rows of the one sequence", one -> one.shape().steps());
    axis(Group.WIDTH, "H = D", one -> one.shape().width());
    axis(Group.BATCH, "B, sequences", one -> one.shape().batch());
    axis(Group.THREADS, "threads", Case::threads);
  }

  private static void axis(Group group, String name, ToDoubleFunction<Case> value) {
    AXES.put(group, value);
    AXIS_NAMES.put(group, name);
  }

  void write(Path folder) throws IOException {
    JsonReport.write(folder.resolve("results.json"), machine, options, startMillis, results);
    Map<Group, String> charts = new EnumMap<>(Group.class);
    for (Group group : AXES.keySet()) {
      List<CaseResult> ofGroup =
          results.stream().filter(result -> result.of().group() == group).toList();
      if (!ofGroup.isEmpty()) {
        String file = "time-against-" + group.name().toLowerCase(Locale.ROOT) + ".svg";
        Files.writeString(folder.resolve(file), chart(group, ofGroup).svg());
        charts.put(group, file);
      }
    }
    Files.writeString(
        folder.resolve("README.md"),
        MarkdownReport.of(machine, options, startMillis, results, charts));
  }

  private LineChart chart(Group group, List<CaseResult> ofGroup) {
    Map<String, Map<Double, Double>> lines = new LinkedHashMap<>();
    for (CaseResult result : ofGroup) {
      double x = AXES.get(group).applyAsDouble(result.of());
      result
          .timed()
          .forEach(
              one ->
                  lines
                      .computeIfAbsent(one.name(), key -> new LinkedHashMap<>())
                      .put(x, one.timing().median()));
    }
    Case first = ofGroup.getFirst().of();
    String title =
        switch (group) {
          case STEPS -> "1×T×" + first.shape().width() + "→" + first.shape().units();
          case WIDTH -> first.shape().batch() + "×" + first.shape().steps() + "×H→H";
          case BATCH ->
              "B×"
                  + first.shape().steps()
                  + "×"
                  + first.shape().width()
                  + "→"
                  + first.shape().units();
          default -> Summary.name(first);
        };
    return new LineChart(
        "Time of one call, " + title + ", " + first.arithmetic(),
        machine.processor(),
        AXIS_NAMES.get(group),
        lines);
  }
}
