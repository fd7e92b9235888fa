package io.github.attnpool.checkpoint;

import io.github.attnpool.Activation;
import io.github.attnpool.internal.io.Shown;
import io.github.attnpool.internal.io.Spelling;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one step of a layout file. */
final class LayoutStepReader {
  private static final double DEFAULT_EPSILON = 1e-5; // PyTorch's, of both norms

  private static final Map<String, Set<String>> KEYS =
      Map.of(
          "linear", Set.of("linear"),
          "layernorm", Set.of("layernorm", "eps"),
          "batchnorm", Set.of("batchnorm", "eps"),
          "activation", Set.of("activation"),
          "step-bias", Set.of("step-bias"),
          "divide", Set.of("divide"));

  private final LayoutJson json;
  private final Stage stage;

  LayoutStepReader(LayoutJson json, Stage stage) {
    this.json = json;
    this.stage = stage;
  }

  LayoutStep step() {
    List<String> kinds = KEYS.keySet().stream().filter(json::has).sorted().toList();
    if (kinds.size() != 1) {
      throw json.bad(
          "a step has one of the keys "
              + String.join(", ", KEYS.keySet().stream().sorted().toList())
              + (kinds.isEmpty()
                  ? ", has " + Shown.names(json.keys())
                  : ", has " + String.join(" and ", kinds)));
    }
    String kind = kinds.getFirst();
    json.checkKeys(KEYS.getOrDefault(kind, Set.of()));
    return switch (kind) {
      case "linear" -> linear();
      case "layernorm" -> new LayoutStep.LayerNorm(name(json, kind), epsilon());
      case "batchnorm" -> new LayoutStep.BatchNorm(name(json, kind), epsilon());
      case "activation" -> new LayoutStep.Apply(activation());
      case "step-bias" -> {
        onlyScore(kind);
        yield new LayoutStep.StepBias(name(json, kind));
      }
      default -> {
        onlyScore(kind);
        yield divide();
      }
    };
  }

  private void onlyScore(String kind) {
    if (stage != Stage.SCORE) {
      throw json.bad("'%s' can only be in stage 'score'".formatted(kind));
    }
  }

  private LayoutStep linear() {
    if (json.isText("linear")) {
      NamePattern module = name(json, "linear");
      return new LayoutStep.Map(
          Optional.of(module), module.plus(".weight"), Optional.of(module.plus(".bias")), false);
    }
    LayoutJson names =
        json.object("linear").orElseThrow(() -> json.bad("'linear' must be a name or an object"));
    names.checkKeys(Set.of("weight", "bias", "transposed"));
    if (!names.has("weight")) {
      throw names.bad("there is no 'weight'");
    }
    return new LayoutStep.Map(
        Optional.empty(),
        name(names, "weight"),
        names.has("bias") ? Optional.of(name(names, "bias")) : Optional.empty(),
        names.flag("transposed"));
  }

  private NamePattern name(LayoutJson object, String key) {
    String text = object.text(key).orElse("");
    String open = text.replace("{n}", "").replace("{i}", "");
    if (text.isEmpty() || open.indexOf('{') >= 0 || open.indexOf('}') >= 0) {
      throw object.bad(
          "'%s' is '%s', must be a name, in which only {n} and {i} stand for numbers"
              .formatted(key, Shown.text(text)));
    }
    NamePattern name = new NamePattern(text);
    if (name.hasIndex() && !stage.mayHavePerHead()) {
      throw object.bad("{i} cannot be in stage '%s', which is not per head".formatted(stage.key()));
    }
    return name;
  }

  private double epsilon() {
    double epsilon = json.number("eps").orElse(DEFAULT_EPSILON);
    if (!(epsilon > 0)) {
      throw json.bad("'eps' must be a positive number");
    }
    return epsilon;
  }

  private Activation activation() {
    String name = json.text("activation").orElse("");
    return Spelling.read(Activation.class, name)
        .orElseThrow(
            () ->
                json.bad(
                    "there is no activation '%s', must be one of %s"
                        .formatted(
                            Shown.text(name), String.join(", ", Spelling.all(Activation.class)))));
  }

  private LayoutStep divide() {
    double by = json.number("divide").orElse(0.0);
    if (!((float) by > 0) || by > Float.MAX_VALUE) {
      throw json.bad("'divide' must be a positive number");
    }
    return new LayoutStep.Divide((float) by);
  }
}
