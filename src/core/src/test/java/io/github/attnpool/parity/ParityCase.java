package io.github.attnpool.parity;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Result;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A case of scripts/fixtures/make-parity-fixtures.py: the very inputs that PyTorch drew, and what
 * it computed of them in float64. The file's layout is described in the script.
 */
final class ParityCase {
  private static final String FOLDER = "parity";

  private final AttentionParameters parameters;
  private final Batch batch;
  private final Result expected;

  private ParityCase(AttentionParameters parameters, Batch batch, Result expected) {
    this.parameters = parameters;
    this.batch = batch;
    this.expected = expected;
  }

  /** Names of all cases. */
  static List<String> names() {
    return Fixture.names(FOLDER);
  }

  static ParityCase load(String name) {
    try (Fixture file = new Fixture(FOLDER, name)) {
      Drawing drawing = new Drawing(name);
      Map<String, Drawn> inputs = new LinkedHashMap<>();
      for (String line : file.recipe()) {
        Drawn drawn = drawing.next(line);
        inputs.put(drawn.name, drawn);
      }
      return new ParityCase(
          parameters(inputs),
          file.batch("", inputs.get("x")),
          new Result(
              file.doubles("scores"),
              file.doubles("weights"),
              file.doubles("context"),
              file.doubles("logits")));
    }
  }

  AttentionParameters parameters() {
    return parameters;
  }

  Batch batch() {
    return batch;
  }

  Result expected() {
    return expected;
  }

  private static AttentionParameters parameters(Map<String, Drawn> inputs) {
    Linear score = linear("a", inputs);
    AttentionParameters layer =
        inputs.containsKey("W.weight")
            ? AttentionParameters.additive(linear("W", inputs), score)
            : AttentionParameters.linear(score);
    return inputs.containsKey("fc.weight") ? layer.withOutput(linear("fc", inputs)) : layer;
  }

  private static Linear linear(String name, Map<String, Drawn> inputs) {
    Drawn weight = inputs.get(name + ".weight");
    Drawn bias = inputs.get(name + ".bias");
    return bias == null
        ? Linear.of(weight.shape[0], weight.shape[1], weight.values)
        : Linear.of(weight.shape[0], weight.shape[1], weight.values, bias.values);
  }
}
