package io.github.attnpool.checkpoint;

import io.github.attnpool.Linear;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.maps.LinearArrays;
import java.util.List;

/** Reads linear maps, and puts those of several heads together as one. */
final class MapBuilder {
  private final TensorFile file;

  MapBuilder(TensorFile file) {
    this.file = file;
  }

  /**
   * Reads one map. Maps per head that take the same rows stand one below the other; maps that take
   * their own parts of a row stand along the diagonal.
   */
  Linear linear(BoundStep.Map map, StageWalk.SizedStep step) {
    int out = (int) step.out();
    int in = (int) step.in();
    int parts = step.parts();
    int columns = step.split() ? Math.multiplyExact(parts, in) : in;
    if (parts == 1) {
      float[] values = weight(map.weights().getFirst(), map.transposed(), out, in);
      return map.biases().isEmpty()
          ? LinearArrays.keep(out, in, values)
          : LinearArrays.keep(out, in, values, bias(map.biases(), 1, out));
    }
    float[] weight = new float[Math.multiplyExact(Math.multiplyExact(parts, out), columns)];
    float[] own = new float[0];
    for (int part = 0; part < parts; part++) {
      if (part < map.weights().size()) {
        own = weight(map.weights().get(part), map.transposed(), out, in);
      }
      for (int o = 0; o < out; o++) {
        int at = (part * out + o) * columns + (step.split() ? part * in : 0);
        System.arraycopy(own, o * in, weight, at, in);
      }
    }
    return map.biases().isEmpty()
        ? LinearArrays.keep(parts * out, columns, weight)
        : LinearArrays.keep(parts * out, columns, weight, bias(map.biases(), parts, out));
  }

  private float[] weight(TensorInfo tensor, boolean transposed, int out, int in) {
    float[] values = file.floats(tensor.name());
    if (!transposed || out == 1 || in == 1) {
      return values;
    }
    float[] weight = new float[values.length];
    for (int i = 0; i < in; i++) {
      for (int o = 0; o < out; o++) {
        weight[o * in + i] = values[i * out + o];
      }
    }
    return weight;
  }

  private float[] bias(List<TensorInfo> biases, int parts, int out) {
    float[] bias = new float[parts * out];
    for (int part = 0; part < parts; part++) {
      float[] own = file.floats(biases.get(Math.min(part, biases.size() - 1)).name());
      System.arraycopy(own, 0, bias, part * out, out);
    }
    return bias;
  }
}
