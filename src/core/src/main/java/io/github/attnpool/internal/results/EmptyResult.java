package io.github.attnpool.internal.results;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.EmptySequencePolicy;

/**
 * The result for an empty sequence, one without kept rows, as a layer's policy has it. This is the
 * one place that knows what each policy means.
 *
 * @param policy of the layer
 */
public record EmptyResult(EmptySequencePolicy policy) {

  /** Returns whether there may be no empty sequence. */
  public boolean isRefused() {
    return policy == EmptySequencePolicy.ERROR;
  }

  /** Returns whether the context is the mean of the sequence's rows, though they are masked. */
  public boolean isMean() {
    return policy == EmptySequencePolicy.UNIFORM;
  }

  /** Returns whether contexts and weights are zeros. */
  public boolean isZero() {
    return policy == EmptySequencePolicy.ZERO || isRefused();
  }

  /** Returns each value of the context, where it is not a mean. */
  public float value() {
    return policy == EmptySequencePolicy.NAN ? Float.NaN : 0;
  }

  /** Returns the weight of each of so many masked rows. */
  public float weight(long rows) {
    return isMean() ? 1f / rows : value();
  }

  /**
   * Checks that an empty sequence is allowed.
   *
   * @param operation what is being done
   * @param sequence names the sequence in the message
   * @throws AttnPoolException if it is not
   */
  public void check(String operation, String sequence) {
    if (isRefused()) {
      throw new AttnPoolException(operation, sequence + " has no rows, must have at least one");
    }
  }
}
