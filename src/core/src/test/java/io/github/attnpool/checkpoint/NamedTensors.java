package io.github.attnpool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.Linear;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Tensors for a file, by name; the values of each follow from its name and are all different. */
final class NamedTensors {
  private final Map<String, long[]> shapes = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  NamedTensors put(String name, long... shape) {
    shapes.put(name, shape);
    return this;
  }

  /** A weight and a bias as PyTorch names them. */
  NamedTensors linear(String module, long... shape) {
    return put(module + ".weight", shape).put(module + ".bias", shape[0]);
  }

  NamedTensors metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  NamedTensors remove(String... names) {
    Stream.of(names).forEach(shapes::remove);
    return this;
  }

  /** Puts a prefix before every name. */
  NamedTensors below(String prefix) {
    Map<String, long[]> old = new LinkedHashMap<>(shapes);
    shapes.clear();
    old.forEach((name, shape) -> shapes.put(prefix + name, shape));
    return this;
  }

  Path write(Path folder) {
    Path file = folder.resolve("test.safetensors");
    List<Tensor> tensors =
        shapes.entrySet().stream()
            .map(tensor -> Tensor.of(tensor.getKey(), values(tensor.getKey()), tensor.getValue()))
            .toList();
    SafetensorsWriter.write(file, tensors, metadata);
    return file;
  }

  float[] values(String name) {
    int count = (int) Arrays.stream(shapes.get(name)).reduce(1, (a, b) -> a * b);
    Random random = new Random(name.hashCode());
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i + random.nextFloat();
    }
    return values;
  }

  /** That a map has just these tensors' values; bias null for none. */
  void check(Linear map, int outputs, int inputs, String weight, String bias) {
    check(map, outputs, inputs, values(weight), bias == null ? null : values(bias));
  }

  /** That a map has a module's values. */
  void check(Linear map, int outputs, int inputs, String module) {
    check(map, outputs, inputs, module + ".weight", module + ".bias");
  }

  static void check(Linear map, int outputs, int inputs, float[] weight, float[] bias) {
    assertEquals(outputs, map.outFeatures());
    assertEquals(inputs, map.inFeatures());
    assertArrayEquals(weight, map.weight());
    if (bias == null) {
      assertTrue(map.bias().isEmpty());
    } else {
      assertArrayEquals(bias, map.bias().orElseThrow());
    }
  }
}
