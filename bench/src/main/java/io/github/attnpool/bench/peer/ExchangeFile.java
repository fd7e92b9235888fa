package io.github.attnpool.bench.peer;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchModel;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.Inputs;
import io.github.attnpool.checkpoint.Checkpoint;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.internal.maps.PlainLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Work and results as files, for peers in other processes. A work is a folder with {@code
 * work.safetensors} (weights in layout attnpool, inputs x0, x1, … [B,T,H]; shape, arithmetic and
 * threads as metadata) and an ONNX model for each way to write the weighted sum. Queries are left
 * out.
 */
final class ExchangeFile {
  private static final long ALIGNMENT = 64;

  private ExchangeFile() {}

  static void writeWork(Path folder, Work work) {
    AttentionParameters parameters = work.model().parameters();
    BenchShape shape = work.model().shape();
    List<Tensor> tensors = new ArrayList<>();
    PlainLayer.of(parameters).projection().ifPresent(map -> add(tensors, "proj", map));
    PlainLayer.of(parameters).hidden().ifPresent(map -> add(tensors, "W", map));
    PlainLayer.of(parameters).gate().ifPresent(map -> add(tensors, "V", map));
    add(tensors, "a", PlainLayer.of(parameters).score());
    PlainLayer.of(parameters).outputLayer().ifPresent(map -> add(tensors, "fc", map));
    for (int i = 0; i < work.inputs().count(); i++) {
      long[] dims = {shape.batch(), shape.steps(), shape.width()};
      tensors.add(new Tensor("x" + i, work.inputs().type(), dims, work.inputs().get(i)));
    }
    Map<String, String> metadata = new HashMap<>();
    metadata.put("shape", shape.toString());
    metadata.put("arithmetic", work.arithmetic().label());
    metadata.put("threads", Integer.toString(work.threads()));
    if (PlainLayer.of(parameters).projection().isPresent()) {
      metadata.put("proj.activation", "relu");
    }
    if (PlainLayer.of(parameters).outputLayer().isPresent()) {
      metadata.put("heads", "per-head");
    }
    SafetensorsWriter.write(folder.resolve("work.safetensors"), tensors, metadata);
    for (WeightedSum form : WeightedSum.values()) {
      Path file = folder.resolve(form.toString().replace(' ', '-') + ".onnx");
      try {
        Files.write(file, OnnxGraph.model(parameters, shape, form));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Reads a work and copies its inputs, so that they are aligned as in this process. */
  static Work readWork(Path folder, Arena arena) {
    try (Checkpoint checkpoint = Checkpoint.open(folder.resolve("work.safetensors"))) {
      TensorFile file = checkpoint.file();
      BenchShape shape = BenchShape.parse(metadata(file, "shape"));
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

  private static void add(List<Tensor> tensors, String name, Linear map) {
    tensors.add(Tensor.of(name + ".weight", map.weight(), map.outFeatures(), map.inFeatures()));
    tensors.add(Tensor.of(name + ".bias", map.bias().orElseThrow(), map.outFeatures()));
  }
}
