package io.github.attnpool.checkpoint;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.internal.io.FileProblem;
import io.github.attnpool.internal.io.MappedFile;
import io.github.attnpool.internal.io.Shown;
import io.github.attnpool.internal.io.Spelling;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads layout files. What is not understood is an error that says where it stands. */
final class LayoutReader {
  static final String VERSION_KEY = "attnpool-layout";
  static final int VERSION = 1;
  private static final long MOST_BYTES = 1 << 20;

  private static final Set<String> KEYS =
      Set.of(
          VERSION_KEY,
          "name",
          "source",
          "note",
          "rows",
          "hidden",
          "gate",
          "query",
          "score",
          "softmax",
          "values",
          "statistics",
          "min-variance",
          "heads",
          "output",
          "ignore",
          "optional",
          "metadata",
          "one-head");

  private final LayoutJson json;

  private LayoutReader(LayoutJson json) {
    this.json = json;
  }

  static Layout read(Path file) {
    String operation = "read layout " + file;
    MappedFile.checkRegular(operation, file);
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new AttnPoolException(
            operation, "the file is too large for a layout: more than " + MOST_BYTES + " bytes");
      }
      String name = String.valueOf(file.getFileName()).replaceFirst("\\.json$", "");
      return parse(operation, name, Files.readString(file, StandardCharsets.UTF_8));
    } catch (CharacterCodingException e) {
      throw new AttnPoolException(operation, "it is not UTF-8 text", e);
    } catch (IOException e) {
      throw new AttnPoolException(operation, FileProblem.of(e), e);
    }
  }

  /**
   * @param name of a layout that does not say its own
   */
  static Layout parse(String operation, String name, String text) {
    Object tree;
    try {
      tree = JsonTree.read(text);
    } catch (IOException e) {
      String problem = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new AttnPoolException(operation, "it is not sound JSON: " + Shown.text(problem), e);
    }
    return new LayoutReader(LayoutJson.of(operation, tree)).layout(name);
  }

  private Layout layout(String name) {
    double version =
        json.number(VERSION_KEY)
            .orElseThrow(() -> json.bad("there is no '%s', must be 1".formatted(VERSION_KEY)));
    if (version != VERSION) {
      throw json.bad(
          String.format(Locale.ROOT, "'%s' is %s, must be %d", VERSION_KEY, version, VERSION));
    }
    json.checkKeys(KEYS);
    Map<Stage, List<LayoutStep>> stages = new EnumMap<>(Stage.class);
    boolean queryIsTerm = json.isText("query");
    if (queryIsTerm) {
      json.oneOf("query", List.of("term"));
    }
    boolean namedValues = json.isText("values");
    String values = namedValues ? json.oneOf("values", List.of("rows", "input")) : "rows";
    for (Stage stage : Stage.values()) {
      boolean isName =
          (stage == Stage.QUERY && queryIsTerm) || (stage == Stage.VALUES && namedValues);
      if (!isName && json.has(stage.key())) {
        stages.put(stage, steps(stage));
      }
    }
    checkStages(stages);
    List<String> statistics = json.texts("statistics").orElse(List.of("mean"));
    if (!statistics.equals(List.of("mean")) && !statistics.equals(List.of("mean", "std"))) {
      throw json.bad("'statistics' must be [\"mean\"] or [\"mean\", \"std\"]");
    }
    Optional<LayoutJson> softmax = json.object("softmax");
    softmax.ifPresent(object -> object.checkKeys(Set.of("per", "epsilon")));
    String per =
        softmax
            .filter(object -> object.has("per"))
            .map(object -> object.oneOf("per", List.of("head", "channel")))
            .orElse("head");
    return new Layout(
        new LayoutFields(
            shownName(name),
            json.text("source"),
            json.text("note"),
            queryIsTerm,
            per.equals("channel"),
            softmax.map(object -> object.notNegative("epsilon")).orElse(0f),
            values.equals("input"),
            statistics.size() == 2,
            json.notNegative("min-variance"),
            heads(),
            ignore(),
            optional(),
            json.flag("metadata"),
            json.flag("one-head")),
        stages);
  }

  private String shownName(String absent) {
    String name = json.text("name").orElse(absent);
    if (name.codePoints().anyMatch(Character::isISOControl)) {
      throw json.bad("'name' has control characters, must be plain text");
    }
    return name;
  }

  private void checkStages(Map<Stage, List<LayoutStep>> stages) {
    List<LayoutStep> score = stages.getOrDefault(Stage.SCORE, List.of());
    if (score.stream().noneMatch(LayoutStep.Map.class::isInstance)) {
      throw json.bad("stage 'score' must have a linear step");
    }
    boolean hasHidden =
        stages.getOrDefault(Stage.HIDDEN, List.of()).stream()
            .anyMatch(LayoutStep.Map.class::isInstance);
    if (stages.containsKey(Stage.QUERY) && !hasHidden) {
      throw json.bad("stage 'query' needs a linear step in stage 'hidden'");
    }
  }

  private List<LayoutStep> steps(Stage stage) {
    List<LayoutStep> steps = new ArrayList<>();
    List<LayoutJson> objects = json.objects(stage.key());
    for (LayoutJson object : objects) {
      steps.add(new LayoutStepReader(object, stage).step());
    }
    if (steps.isEmpty()) {
      throw json.bad("stage '%s' has no steps; leave it out".formatted(stage.key()));
    }
    return List.copyOf(steps);
  }

  private HeadCombination heads() {
    return json.text("heads")
        .map(
            text ->
                Spelling.read(HeadCombination.class, text)
                    .orElseThrow(
                        () ->
                            json.bad(
                                "'heads' is '%s', must be one of %s"
                                    .formatted(
                                        Shown.text(text),
                                        String.join(", ", Spelling.all(HeadCombination.class))))))
        .orElse(HeadCombination.CONCAT);
  }

  private List<String> ignore() {
    List<String> patterns = json.texts("ignore").orElse(List.of());
    for (String pattern : patterns) {
      if (pattern.isBlank()) {
        throw json.bad("a pattern of 'ignore' is empty");
      }
    }
    return patterns;
  }

  private Set<Stage> optional() {
    Set<Stage> optional = EnumSet.noneOf(Stage.class);
    for (String text : json.texts("optional").orElse(List.of())) {
      optional.add(
          Spelling.read(Stage.class, text)
              .filter(stage -> stage != Stage.SCORE)
              .orElseThrow(
                  () ->
                      json.bad("'optional' has '%s', must be stages".formatted(Shown.text(text)))));
    }
    return optional;
  }
}
