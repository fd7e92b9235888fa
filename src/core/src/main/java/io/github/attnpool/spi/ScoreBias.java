package io.github.attnpool.spi;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.arguments.Arguments;

/**
 * Numbers that are added to the scores of a batch before the softmax: finite, or −∞ for a weight of
 * exactly 0. Immutable and shared between threads.
 */
public final class ScoreBias {
  private static final Arguments ARGUMENTS = new Arguments("sequences");

  private final float[] values;
  private final int heads;

  /**
   * Takes over values, which must not be changed any more.
   *
   * @param values [positions] where all heads share them; otherwise in the layout of the scores,
   *     [B,R,T] for a padded batch and [R,N] for a ragged one
   * @param heads 1 where all heads share the values, otherwise R
   * @throws AttnPoolException if there is no such number of heads
   */
  public ScoreBias(float[] values, int heads) {
    if (heads < 1) {
      throw new AttnPoolException("sequences", "a bias for " + heads + " heads, must be 1 or more");
    }
    this.values = ARGUMENTS.given("values", values);
    this.heads = heads;
  }

  /** {@return the values; not to be changed} */
  public float[] values() {
    return values;
  }

  /** {@return 1 where all heads share the values, otherwise R} */
  public int heads() {
    return heads;
  }

  /**
   * {@return the index from which positions count for a head and a sequence: the value of position
   * p is at {@code base + p}}
   *
   * @param in the batch that this belongs to
   * @param sequence 0 to B − 1
   * @param head 0 to R − 1
   */
  public long base(RowBatch in, int sequence, int head) {
    ARGUMENTS.given("in", in);
    return heads == 1 ? 0 : in.resultBase(sequence, head, heads);
  }
}
