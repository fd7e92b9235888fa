package io.github.attnpool.internal.maps;

import io.github.attnpool.Linear;
import java.lang.invoke.MethodHandles;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reaches the arrays of linear maps without copying them, since they may be as large as a model.
 * Nobody may write to an array that was handed to or got from here: maps are immutable.
 */
public final class LinearArrays {
  /** Set when Linear is initialised. No lock: its initialiser would have to wait for ours. */
  private static volatile @Nullable Access access;

  private LinearArrays() {}

  /** What {@link Linear} lets the library's other packages do. */
  public interface Access {
    /** Makes a map that keeps the arrays themselves. */
    Linear keep(int outFeatures, int inFeatures, float[] weight, Optional<float[]> bias);

    /** Returns the weight itself. */
    float[] weight(Linear map);

    /** Returns the bias itself. */
    Optional<float[]> bias(Linear map);
  }

  /** Called by {@link Linear} when it is initialised. */
  public static void provide(Access provided) {
    access = provided;
  }

  private static Access access() {
    Access provided = access;
    if (provided == null) {
      try {
        MethodHandles.lookup().ensureInitialized(Linear.class);
      } catch (IllegalAccessException e) {
        throw new AssertionError(e);
      }
      provided = Objects.requireNonNull(access, "access");
    }
    return provided;
  }

  /** Makes a map without bias that keeps the array itself. */
  public static Linear keep(int outFeatures, int inFeatures, float[] weight) {
    return access().keep(outFeatures, inFeatures, weight, Optional.empty());
  }

  /** Makes a map with bias that keeps the arrays themselves. */
  public static Linear keep(int outFeatures, int inFeatures, float[] weight, float[] bias) {
    return access().keep(outFeatures, inFeatures, weight, Optional.of(bias));
  }

  /** Returns the weight, row-major [outFeatures, inFeatures]. */
  public static float[] weight(Linear map) {
    return access().weight(map);
  }

  /** Returns the bias, [outFeatures]; empty where the map has none. */
  public static Optional<float[]> bias(Linear map) {
    return access().bias(map);
  }
}
