package io.github.attnpool.spi;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;

/** One way of computing the layer: a provider found by {@link java.util.ServiceLoader}. */
public interface Backend {
  /** Short lower-case name, as users write it: {@code onednn}, {@code jvm}, … */
  String name();

  /**
   * This backend on a device of several: {@code cuda:1} is backend {@code cuda} on device {@code
   * 1}.
   *
   * @throws io.github.attnpool.AttnPoolException if it has no devices to choose from
   */
  default Backend onDevice(String device) {
    throw new AttnPoolException(
        "choose backend", "'" + name() + "' has no devices to choose from, such as " + device);
  }

  /** Among available backends, {@code auto} takes the one of the highest rank. */
  int rank();

  /** Whether it can be used here; never throws, may load libraries, and is cheap when repeated. */
  Availability availability();

  /**
   * Copies and prepares parameters for forward calls.
   *
   * @throws io.github.attnpool.AttnPoolException if the backend is not available here or does not
   *     offer what the options ask for
   */
  Engine compile(AttentionParameters parameters, EngineOptions options);
}
