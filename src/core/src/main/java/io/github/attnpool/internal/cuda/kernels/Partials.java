package io.github.attnpool.internal.cuda.kernels;

/**
 * States of tiles, in device memory.
 *
 * @param maxSum F32 [tiles, heads, 2]
 * @param context F32 [tiles, heads, width]
 */
public record Partials(long maxSum, long context) {
  /** Returns the states from a tile on. */
  public Partials from(long tile, long heads, long width) {
    return new Partials(
        maxSum + tile * heads * 2 * Float.BYTES, context + tile * heads * width * Float.BYTES);
  }
}
