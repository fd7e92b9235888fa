package io.github.attnpool.format;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Linear;
import java.util.Map;
import java.util.Set;

/**
 * The textbook module's own names, as its PyTorch state_dict has them: {@code W.weight} [D,H],
 * {@code W.bias} [D] (optional), {@code a.weight} [R,D], {@code a.bias} [R] (optional), {@code
 * fc.weight} [O,R·H] and {@code fc.bias} [O] (output layer, optional). Without {@code W.weight} it
 * is the linear form and {@code a.weight} is [R,H].
 */
public final class SeedLayout {
  private SeedLayout() {}

  /** Whether a file with these tensor names, below the prefix, can be in this layout. */
  public static boolean matches(Set<String> names, String prefix) {
    return names.contains(prefix + "a.weight");
  }

  /**
   * Reads parameters; tensors of other names are left alone.
   *
   * @param prefix what stands before each name, for example {@code "pool."}; may be empty
   * @throws AttnPoolException if a tensor is missing or has another shape than the rest gives
   */
  public static AttentionParameters read(SafetensorsFile file, String prefix) {
    Linear score = linear(file, prefix + "a");
    boolean additive = file.tensors().containsKey(prefix + "W.weight");
    if (!additive && file.tensors().containsKey(prefix + "W.bias")) {
      throw bad(file, "there is '" + prefix + "W.bias' without '" + prefix + "W.weight'");
    }
    try {
      AttentionParameters parameters =
          additive
              ? AttentionParameters.additive(linear(file, prefix + "W"), score)
              : AttentionParameters.linear(score);
      return file.tensors().containsKey(prefix + "fc.weight")
          ? parameters.withOutput(linear(file, prefix + "fc"))
          : parameters;
    } catch (AttnPoolException e) {
      throw bad(file, e.getMessage());
    }
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
