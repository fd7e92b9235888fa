package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.checkpoint.Checkpoint;
import io.github.attnpool.checkpoint.CheckpointLayer;
import io.github.attnpool.checkpoint.Layout;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A form of scripts/fixtures/make-family-fixtures.py: a public project's model with weights under
 * that project's names, and batches with what PyTorch computed of them in float64.
 */
final class FamilyForm {
  private static final String FOLDER = "family";

  /** Many tests in a row are of the same form. */
  private static FamilyForm last;

  private final String name;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<Tensor> weights = new ArrayList<>();
  private final List<FamilyBatch> batches = new ArrayList<>();
  private String layout;
  private Optional<Activation> activation = Optional.empty();
  private final AttentionParameters parameters;

  private FamilyForm(String name) {
    this.name = name;
    try (Fixture file = new Fixture(FOLDER, name)) {
      read(file);
    }
    AttentionParameters read = fromFile();
    this.parameters = activation.map(read::withActivation).orElse(read);
  }

  /** Names of all forms. */
  static List<String> names() {
    return Fixture.names(FOLDER);
  }

  static synchronized FamilyForm load(String name) {
    if (last == null || !last.name.equals(name)) {
      last = new FamilyForm(name);
    }
    return last;
  }

  /** As the library reads them from a file with the project's names. */
  AttentionParameters parameters() {
    return parameters;
  }

  List<FamilyBatch> batches() {
    return batches;
  }

  FamilyBatch batch(String name) {
    return batches.stream().filter(batch -> batch.name().equals(name)).findFirst().orElseThrow();
  }

  private void read(Fixture file) {
    Drawing drawing = new Drawing(name);
    String batch = null;
    Drawn x = null;
    Drawn query = null;
    for (String line : file.recipe()) {
      String[] word = line.split(" ", 3);
      switch (word[0]) {
        case "layout" -> layout = Layout.named(word[1]).name();
        case "metadata" -> metadata.put(word[1], word[2]);
        case "activation" ->
            activation = Optional.of(Activation.valueOf(word[1].toUpperCase(Locale.ROOT)));
        case "batch" -> batch = word[1];
        case "x" -> x = drawing.next(line);
        case "query" -> query = drawing.next(line);
        case "sampled" ->
            batches.add(FamilyBatch.read(file, batch, x, query, Integer.parseInt(word[1])));
        default -> weights.add(tensor(drawing.next(line)));
      }
    }
  }

  private static Tensor tensor(Drawn drawn) {
    long[] shape = Arrays.stream(drawn.shape).asLongStream().toArray();
    return Tensor.of(drawn.name, drawn.values, shape);
  }

  /** Writes the weights, and has their layout recognized by their names. */
  private AttentionParameters fromFile() {
    try {
      Path path = Files.createTempFile("attnpool-family-", ".safetensors");
      try {
        SafetensorsWriter.write(path, weights, metadata);
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
          CheckpointLayer layer = checkpoint.layer().read();
          assertEquals(Optional.of(layout), Optional.of(layer.match().layout()), name);
          return layer.parameters();
        }
      } finally {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
