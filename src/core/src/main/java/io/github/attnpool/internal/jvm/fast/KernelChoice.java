package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.AttnPoolException;
import java.util.Optional;

/**
 * Which kernels backend jvm uses: those on the Vector API where its incubating module is present
 * and the processor has fused multiply-add, otherwise plain Java.
 */
public final class KernelChoice {
  /** System property to choose: {@code auto} (the default), {@code vector} or {@code scalar}. */
  static final String PROPERTY = "attnpool.jvm.kernels";

  private static final String MODULE = "jdk.incubator.vector";

  private KernelChoice() {}

  /**
   * The kernels that the system property names.
   *
   * @throws AttnPoolException if they cannot be used here
   */
  static TileKernels choose() {
    return choose(System.getProperty(PROPERTY, "auto"));
  }

  static TileKernels choose(String name) {
    return switch (name) {
      case "auto" -> obstacle().isEmpty() ? vector() : new ScalarKernels();
      case "scalar" -> new ScalarKernels();
      case "vector" -> {
        obstacle()
            .ifPresent(
                obstacle -> {
                  throw new AttnPoolException(
                      "build layer", "the kernels '" + name + "' cannot be used here: " + obstacle);
                });
        yield vector();
      }
      default ->
          throw new AttnPoolException(
              "build layer",
              "system property "
                  + PROPERTY
                  + " is '"
                  + name
                  + "', must be one of auto, vector, scalar");
    };
  }

  /** Says which kernels {@code auto} takes here, and why. */
  public static String describe() {
    return obstacle()
        .map(obstacle -> "in plain loops because " + obstacle)
        .orElse("with the Vector API");
  }

  /** Why the Vector API cannot be used; empty if it can. */
  private static Optional<String> obstacle() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return Optional.of("the JVM runs without --add-modules " + MODULE);
    }
    if (!Fma.IN_HARDWARE) {
      return Optional.of("the processor has no fused multiply-add");
    }
    return Optional.empty();
  }

  /** Apart from the rest, so that the module is asked for only where it is. */
  private static TileKernels vector() {
    return new VectorKernels();
  }
}
