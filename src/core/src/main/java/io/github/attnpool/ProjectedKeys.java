package io.github.attnpool;

import io.github.attnpool.internal.maps.EffectiveMaps;
import io.github.attnpool.spi.KeyBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Sequences whose multiplications are done: their projected rows and their hidden units W·x (and
 * V·x of a gate), before bias, query term and activation. Made by {@link AttentionPooling#keys}.
 * Forward calls on keys cost the activations and the pooling only, so that a decoder may ask the
 * same sequences again and again with new queries. The results are the bits of a call without keys;
 * only backend {@code jvm}'s staged plan, which computes in float64, loses bits to the keys' F32.
 *
 * <p>The memory belongs to the caller's arena, and so must x's: rows that are not projected are
 * pooled from x. Safe to use from any number of threads.
 */
public final class ProjectedKeys {
  private static final long ALIGNMENT = 64;

  private final Object layer;
  private final AttentionParameters parameters;
  private final Sequences in;
  private final KeyBatch keys;

  /**
   * @param layer stands for the layer that makes them
   */
  ProjectedKeys(Object layer, AttentionParameters parameters, Sequences in, Arena arena) {
    this.layer = layer;
    this.parameters = parameters;
    this.in = in;
    this.keys =
        new KeyBatch(
            in.rows(),
            floats(arena, in, EffectiveMaps.rowUnits(parameters)),
            parameters.projection().isPresent() ? floats(arena, in, parameters.width()) : null);
  }

  private static MemorySegment floats(Arena arena, Sequences in, long width) {
    long bytes;
    try {
      bytes = Math.multiplyExact(in.keptRows(), width * Float.BYTES);
    } catch (ArithmeticException e) {
      throw new AttnPoolException("keys", "they are too large to be addressed", e);
    }
    MemorySegment segment = arena.allocate(bytes, ALIGNMENT);
    ForwardCheck.checkAddressable("keys", "what the arena gives", segment);
    if (segment.isReadOnly() || segment.byteSize() != bytes) {
      throw new AttnPoolException(
          "keys", "the arena gave " + segment + ", must be writable native memory of " + bytes);
    }
    return segment;
  }

  /** Whether that layer made them: another one's would give other bits. */
  boolean areOf(Object layer) {
    return this.layer == layer;
  }

  /** The sequences that these are the keys of. */
  public Sequences sequences() {
    return in;
  }

  /** The parameters they were made with. */
  public AttentionParameters parameters() {
    return parameters;
  }

  /** Hidden units, F32 [kept rows, D], or [kept rows, 2·D] with those of the gate behind. */
  public MemorySegment units() {
    return keys.units();
  }

  /** Whether rows are projected, and so kept here. */
  public boolean hasRows() {
    return keys.isProjected();
  }

  /**
   * Projected rows, F32 [kept rows, H].
   *
   * @throws AttnPoolException if rows are not projected
   */
  public MemorySegment rows() {
    if (!hasRows()) {
      throw new AttnPoolException("keys", "the rows are not projected: they are those of x");
    }
    return keys.projected();
  }

  /** Returns what engines read and fill. */
  KeyBatch batch() {
    return keys;
  }
}
