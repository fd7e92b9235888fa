package io.github.attnpool.bench.peer;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchModel;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.Inputs;
import io.github.attnpool.checkpoint.Checkpoint;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.format.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Work and results as files, for peers in other processes. A work is a folder with {@code
 * work.safetensors} (weights in layout attnpool, inputs x0, x1, … [B,T,H]; shape, arithmetic and
 * threads as metadata) and an ONNX model for each way to write the weighted sum, if the graph can
 * have the form. Queries are left out.
 */
final class ExchangeFile {
  private static final long ALIGNMENT = 64;
  private static final WeightedSum[] NO_GRAPHS = {};

  private ExchangeFile() {}

  static void writeWork(Path folder, Work work) {
    AttentionParameters parameters = work.model().parameters();
    BenchShape shape = work.model().shape();
    List<Tensor> tensors = new ArrayList<>();
    add(tensors, "proj", parameters.rows());
    add(tensors, "W", parameters.hidden());
    add(tensors, "V", parameters.gate());
    add(tensors, "a", parameters.score());
    add(tensors, "values", parameters.values());
    add(tensors, "fc", parameters.output());
    for (int i = 0; i < work.inputs().count(); i++) {
      long[] dims = {shape.batch(), shape.steps(), shape.width()};
      tensors.add(new Tensor("x" + i, work.inputs().type(), dims, work.inputs().get(i)));
    }
    Map<String, String> metadata = new HashMap<>();
    metadata.put("shape", shape.toString());
    metadata.put("arithmetic", work.arithmetic().label());
    metadata.put("threads", Integer.toString(work.threads()));
    if (shape.form().projected() > 0) {
      metadata.put("proj.activation", shape.form().activation().name().toLowerCase(Locale.ROOT));
    }
    if (shape.form().perHead()) {
      metadata.put("heads", "per-head");
    }
    if (shape.form().statistics()) {
      metadata.put("min-variance", Float.toString(parameters.minVariance()));
    }
    SafetensorsWriter.write(folder.resolve("work.safetensors"), tensors, metadata);
    for (WeightedSum form : OnnxGraph.has(shape.form()) ? WeightedSum.values() : NO_GRAPHS) {
      Path file = folder.resolve(form.toString().replace(' ', '-') + ".onnx");
      try {
        Files.write(file, OnnxGraph.model(parameters, shape, form));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Reads a work and copies its inputs, so that they are aligned as in this process. */
  static Work readWork(Path folder, Arena arena) throws NotOffered {
    try (Checkpoint checkpoint = Checkpoint.open(folder.resolve("work.safetensors"))) {
      TensorFile file = checkpoint.file();
      BenchShape shape = BenchShape.parse(metadata(file, "shape"));
      NotOffered.unless(
          shape.form().values() == 0 && !shape.form().statistics(),
          "layout attnpool has no values or statistics");
      Arithmetic arithmetic = Arithmetic.of(metadata(file, "arithmetic"));
      List<MemorySegment> inputs = new ArrayList<>();
      while (file.tensors().containsKey("x" + inputs.size())) {
        String name = "x" + inputs.size();
        MemorySegment x = arena.allocate(file.tensor(name).byteSize(), ALIGNMENT);
        file.read(name, 0, x);
        inputs.add(x);
      }
      return new Work(
          new BenchModel(shape, checkpoint.layer().layout("attnpool").ignore("x*").parameters()),
          arithmetic,
          Integer.parseInt(metadata(file, "threads")),
          Inputs.of(shape, arithmetic.input(), inputs));
    }
  }

  private static String metadata(TensorFile file, String key) {
    String value = file.metadata().get(key);
    if (value == null) {
      throw new IllegalArgumentException("the work has no " + key);
    }
    return value;
  }

  static void writeResult(Path file, Result result) {
    List<Tensor> tensors = new ArrayList<>();
    tensors.add(Tensor.of("context", result.context(), result.context().length));
    tensors.add(Tensor.of("weights", result.weights(), result.weights().length));
    if (result.logits().length > 0) {
      tensors.add(Tensor.of("logits", result.logits(), result.logits().length));
    }
    SafetensorsWriter.write(file, tensors, Map.of());
  }

  static Result readResult(Path path) {
    try (TensorFile file = TensorFile.open(path)) {
      boolean hasLogits = file.tensors().containsKey("logits");
      return new Result(
          file.floats("context"),
          file.floats("weights"),
          hasLogits ? file.floats("logits") : new float[0]);
    }
  }

  /** Adds the maps of a stage; of several, each with its place, as in PyTorch's Sequential. */
  private static void add(List<Tensor> tensors, String name, List<Step> stage) {
    for (int i = 0; i < stage.size(); i++) {
      if (stage.get(i) instanceof Linear map) {
        String own = stage.size() > 2 ? name + "." + i : name;
        tensors.add(Tensor.of(own + ".weight", map.weight(), map.outFeatures(), map.inFeatures()));
        tensors.add(Tensor.of(own + ".bias", map.bias().orElseThrow(), map.outFeatures()));
      }
    }
  }
}
