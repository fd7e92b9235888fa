package io.github.attnpool.format;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Linear;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The textbook module's own names, as its PyTorch state_dict has them: {@code W.weight} [D,H],
 * {@code W.bias} [D] (optional), {@code a.weight} [R,D], {@code a.bias} [R] (optional), {@code
 * fc.weight} [O,R·H] and {@code fc.bias} [O] (output layer, optional). Without {@code W.weight} it
 * is the linear form and {@code a.weight} is [R,H]. A gate, an input projection, or another
 * activation, temperature or treatment of heads in the metadata is refused.
 */
public final class SeedLayout {
  /** Metadata that says how to compute, and what of each is supported, as patterns. */
  private static final Map<String, String> SUPPORTED =
      Map.of("activation", "tanh", "temperature", "1(\\.0*)?", "heads", "concat");

  private SeedLayout() {}

  /** Whether a file with these tensor names, below the prefix, can be in this layout. */
  public static boolean matches(Set<String> names, String prefix) {
    return names.contains(prefix + "a.weight");
  }

  /**
   * Reads parameters; tensors of other names are left alone.
   *
   * @param prefix what stands before each name, for example {@code "pool."}; may be empty
   * @throws AttnPoolException if a tensor is missing or has another shape than the rest gives, or
   *     the file asks for what this version cannot compute
   */
  public static AttentionParameters read(SafetensorsFile file, String prefix) {
    Map<String, Tensor> tensors = file.tensors();
    checkSupported(file, prefix);
    for (String name : List.of("W", "fc")) {
      if (tensors.containsKey(prefix + name + ".bias")
          && !tensors.containsKey(prefix + name + ".weight")) {
        throw bad(file, "there is '%1$s.bias' without '%1$s.weight'".formatted(prefix + name));
      }
    }
    Linear score = linear(file, prefix + "a");
    AttentionParameters parameters =
        tensors.containsKey(prefix + "W.weight")
            ? additive(file, prefix, score)
            : AttentionParameters.linear(score);
    return tensors.containsKey(prefix + "fc.weight")
        ? parameters.withOutput(output(file, prefix, parameters))
        : parameters;
  }

  /** What would change the result must not be passed over. */
  private static void checkSupported(SafetensorsFile file, String prefix) {
    for (String name : List.of("V.weight", "V.bias", "proj.weight", "proj.bias")) {
      if (file.tensors().containsKey(prefix + name)) {
        throw bad(
            file,
            "there is '%s%s' (%s), which this version cannot compute"
                .formatted(prefix, name, name.startsWith("V") ? "a gate" : "an input projection"));
      }
    }
    for (Map.Entry<String, String> supported : SUPPORTED.entrySet()) {
      String value = file.metadata().get(supported.getKey());
      if (value != null && !value.matches(supported.getValue())) {
        throw bad(
            file,
            "its %s is '%s', which this version cannot compute"
                .formatted(supported.getKey(), Shown.text(value)));
      }
    }
  }

  private static AttentionParameters additive(SafetensorsFile file, String prefix, Linear score) {
    Linear hidden = linear(file, prefix + "W");
    if (score.inputs() != hidden.outputs()) {
      throw bad(
          file,
          "'%sa.weight' is %s, must be [R, %d] for the hidden units of '%sW.weight'"
              .formatted(prefix, describe(file, prefix + "a"), hidden.outputs(), prefix));
    }
    return AttentionParameters.additive(hidden, score);
  }

  private static Linear output(SafetensorsFile file, String prefix, AttentionParameters layer) {
    Linear output = linear(file, prefix + "fc");
    long expected = (long) layer.heads() * layer.width();
    if (output.inputs() != expected) {
      throw bad(
          file,
          "'%sfc.weight' is %s, must be [O, %d] for the context"
              .formatted(prefix, describe(file, prefix + "fc"), expected));
    }
    return output;
  }

  private static String describe(SafetensorsFile file, String name) {
    return file.tensor(name + ".weight").describe();
  }

  private static Linear linear(SafetensorsFile file, String name) {
    Map<String, Tensor> tensors = file.tensors();
    Tensor weight = file.tensor(name + ".weight");
    if (weight.rank() != 2 || !isSize(weight.dim(0)) || !isSize(weight.dim(1))) {
      throw bad(
          file,
          "'%s' is %s, must have two dimensions from 1 to 2^31 - 1"
              .formatted(weight.name(), weight.describe()));
    }
    int outputs = (int) weight.dim(0);
    int inputs = (int) weight.dim(1);
    Tensor bias = tensors.get(name + ".bias");
    if (bias == null) {
      return Linear.of(outputs, inputs, file.floats(weight.name()));
    }
    if (bias.rank() != 1 || bias.dim(0) != outputs) {
      throw bad(file, "'%s' is %s, must be [%d]".formatted(bias.name(), bias.describe(), outputs));
    }
    return Linear.of(outputs, inputs, file.floats(weight.name()), file.floats(bias.name()));
  }

  private static boolean isSize(long size) {
    return size >= 1 && size <= Integer.MAX_VALUE;
  }

  private static AttnPoolException bad(SafetensorsFile file, String problem) {
    return new AttnPoolException("read " + file.path(), problem);
  }
}
