package io.github.attnpool.backend;

import io.github.attnpool.AttentionParameters;

/** One way of computing the layer: a provider found by {@link java.util.ServiceLoader}. */
public interface Backend {
  /** Short lower-case name, as users write it: {@code onednn}, {@code jvm}, … */
  String name();

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
