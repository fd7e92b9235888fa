package io.github.attnpool.checkpoint;

import io.github.attnpool.Linear;
import io.github.attnpool.format.SafetensorsFile;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.internal.io.Shown;
import io.github.attnpool.internal.maps.LinearArrays;
import java.util.List;

/**
 * The tensors of one linear map, found in a file, of sound shape: weights whose outputs are put one
 * after the other, and a bias for each, or none. Their data are not read yet.
 */
record LinearTensors(
    List<Tensor> weights, List<Tensor> biases, boolean transposed, int outputs, int inputs) {

  /** Name of the weight, for a message. */
  String name() {
    return "'%s'".formatted(Shown.text(weights.getFirst().name()));
  }

  /** Name, type and shape of the weight, or of the first and how many there are. */
  String described() {
    String first = name() + " is " + weights.getFirst().describe();
    return weights.size() == 1 ? first : first + ", with " + (weights.size() - 1) + " more like it";
  }

  /** A weight's shape in the order of the file. */
  String shape(Object outputs, Object inputs) {
    return transposed
        ? "[%s, %s]".formatted(inputs, outputs)
        : "[%s, %s]".formatted(outputs, inputs);
  }

  /** Copies the values out of the file. */
  Linear read(SafetensorsFile file) {
    float[] weight =
        transposed ? transposed(file) : values(file, weights, Math.multiplyExact(outputs, inputs));
    return biases.isEmpty()
        ? LinearArrays.keep(outputs, inputs, weight)
        : LinearArrays.keep(outputs, inputs, weight, values(file, biases, outputs));
  }

  /** The values of tensors, one after the other. */
  private static float[] values(SafetensorsFile file, List<Tensor> tensors, int count) {
    float[] values = new float[count];
    int at = 0;
    for (Tensor tensor : tensors) {
      file.copy(tensor.name(), values, at);
      at += (int) tensor.elements();
    }
    return values;
  }

  private float[] transposed(SafetensorsFile file) {
    float[] weight = new float[Math.multiplyExact(outputs, inputs)];
    int at = 0;
    for (Tensor tensor : weights) {
      float[] values = file.floats(tensor.name());
      int columns = values.length / inputs;
      for (int i = 0; i < inputs; i++) {
        for (int o = 0; o < columns; o++) {
          weight[at + o * inputs + i] = values[i * columns + o];
        }
      }
      at += values.length;
    }
    return weight;
  }
}
