package io.github.attnpool.spi;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Plan;
import io.github.attnpool.internal.arguments.Arguments;
import java.util.Optional;

/** One way of computing the layer: a provider found by {@link java.util.ServiceLoader}. */
public interface Backend {
  /** {@return the short name in lower case, as users write it: {@code onednn}, {@code jvm}} */
  String name();

  /**
   * {@return this backend on one of several devices: {@code cuda:1} is backend {@code cuda} on
   * device {@code 1}}
   *
   * @param device what follows the colon
   * @throws io.github.attnpool.AttnPoolException if it has no devices to choose from
   */
  default Backend onDevice(String device) {
    new Arguments("choose backend").given("device", device);
    throw new AttnPoolException(
        "choose backend", "'" + name() + "' has no devices to choose from, such as " + device);
  }

  /**
   * {@return the rank: {@code auto} takes the available backend of the highest rank, of those that
   * are not {@link #onlyByName}}
   */
  int rank();

  /**
   * {@return why {@code auto} never takes this backend, so that a user must name it, in words such
   * as {@code it has never run on a device}; empty if {@code auto} may take it}
   */
  default Optional<String> onlyByName() {
    return Optional.empty();
  }

  /**
   * {@return whether this backend can be used here} Never throws, may load libraries, and is cheap
   * when repeated.
   */
  Availability availability();

  /**
   * {@return the first thing in a layer that this backend cannot compute in a plan, in words such
   * as {@code a softmax per channel}; empty if it can compute all of it}
   *
   * @param parameters of the layer
   * @param plan order of the work
   */
  Optional<String> lacks(AttentionParameters parameters, Plan plan);

  /**
   * Copies and prepares parameters for forward calls.
   *
   * @param parameters copied
   * @param options what the user asked for
   * @return an engine, for the layer to close
   * @throws io.github.attnpool.AttnPoolException if the backend is not available here or does not
   *     offer what the options ask for
   */
  Engine compile(AttentionParameters parameters, EngineOptions options);
}
