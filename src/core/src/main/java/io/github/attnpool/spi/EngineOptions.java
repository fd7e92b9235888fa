package io.github.attnpool.spi;

import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.arguments.Arguments;

/**
 * What the user asked for.
 *
 * @param plan how to order the work
 * @param precision element type of the hidden layer's multiplication
 * @param threads threads that one forward call may use, at least 1
 * @param emptySequence result for an empty sequence
 */
public record EngineOptions(
    Plan plan, Precision precision, int threads, EmptySequencePolicy emptySequence) {
  /** Checks that all are given. */
  public EngineOptions {
    Arguments arguments = new Arguments("engine options");
    arguments.given("plan", plan);
    arguments.given("precision", precision);
    arguments.given("emptySequence", emptySequence);
  }
}
