package io.github.attnpool.cli;

import io.github.attnpool.ElementType;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.format.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Small files in one folder, all of a layer with H = 3 and D = 2. */
public final class SampleFiles {
  public static final int WIDTH = 3;
  public static final int UNITS = 2;

  private final Path folder;

  public SampleFiles(Path folder) {
    this.folder = folder;
  }

  public Path path(String name) {
    return folder.resolve(name);
  }

  /** A layer with R heads and, if outputs is not 0, an output layer. */
  public Path weights(int heads, int outputs) {
    return weights("", heads, outputs);
  }

  public Path weights(String prefix, int heads, int outputs) {
    List<Tensor> tensors = new ArrayList<>();
    tensors.add(random(prefix + "W.weight", UNITS, WIDTH));
    tensors.add(random(prefix + "W.bias", UNITS));
    tensors.add(random(prefix + "a.weight", heads, UNITS));
    tensors.add(random(prefix + "a.bias", heads));
    if (outputs > 0) {
      tensors.add(random(prefix + "fc.weight", outputs, (long) heads * WIDTH));
    }
    return write("weights.safetensors", tensors.toArray(Tensor[]::new));
  }

  public Path write(String name, Tensor... tensors) {
    Path file = path(name);
    SafetensorsWriter.write(file, List.of(tensors), Map.of());
    return file;
  }

  /** Seeded by the name, so that a tensor is the same wherever it is needed. */
  public static Tensor random(String name, long... shape) {
    int size = 1;
    for (long length : shape) {
      size *= (int) length;
    }
    Random random = new Random(name.hashCode());
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(name, values, shape);
  }

  public static Tensor longs(String name, long... values) {
    return new Tensor(
        name, ElementType.I64, new long[] {values.length}, MemorySegment.ofArray(values));
  }

  public static Tensor bytes(String name, ElementType type, byte[] values, long... shape) {
    return new Tensor(name, type, shape, MemorySegment.ofArray(values));
  }

  /** Type and shape of each tensor of a file. */
  public static Map<String, String> describe(Path file) {
    try (TensorFile tensors = TensorFile.open(file)) {
      Map<String, String> described = new TreeMap<>();
      tensors.tensors().forEach((name, tensor) -> described.put(name, tensor.describe()));
      return described;
    }
  }

  public static float[] floats(Path file, String name) {
    try (TensorFile tensors = TensorFile.open(file)) {
      return tensors.floats(name);
    }
  }

  /** Names of the files in the folder. */
  public List<String> names() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
