package io.github.attnpool;

import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.maps.EffectiveMaps;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.spi.KeyBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Projected keys of Bahdanau attention: sequences whose hidden units W·x (and V·x of a gate) are
 * multiplied and kept, before bias, query term and activation, with their projected rows if the
 * layer projects. Made by {@link AttentionPooling#projectKeys}.
 *
 * <p>A forward call on them costs the activations and the pooling only, so that a decoder may ask
 * the same sequences again and again with new queries. Its results are the bits of a call on the
 * sequences. The one exception is the staged plan of backend {@code jvm}, which computes in float64
 * and loses bits to the F32 of the keys.
 *
 * <p>The memory belongs to the caller's arena. x must stay alive too: rows that are not projected
 * are pooled from it. Safe to use from any number of threads.
 */
public final class ProjectedKeys {
  static final Arguments ARGUMENTS = new Arguments("keys");

  private static final long ALIGNMENT = 64;

  private final Object layer;
  private final Sequences in;
  private final KeyBatch keys;

  /**
   * @param layer identifies the layer that makes them
   */
  ProjectedKeys(Object layer, AttentionParameters parameters, Sequences in, Arena arena) {
    this.layer = layer;
    this.in = in;
    long perRow = EffectiveMaps.rowUnits(PlainLayer.of(parameters));
    KeyBatch units =
        new KeyBatch(
            in.view(), ARGUMENTS.allocate("units", in.keptRows(), perRow, arena, ALIGNMENT));
    this.keys =
        !parameters.rows().isEmpty()
            ? units.withProjected(
                ARGUMENTS.allocate("rows", in.keptRows(), parameters.width(), arena, ALIGNMENT))
            : units;
  }

  /** Checks that a layer made these keys, and that they can be read now by this thread. */
  void checkUsable(Object layer, Arguments arguments) {
    if (this.layer != layer) { // another one's would give other bits
      throw arguments.bad("the keys were made by another layer");
    }
    arguments.usable("the keys", keys.units());
    if (keys.isProjected()) {
      arguments.usable("the keys", keys.projected());
    }
  }

  /** {@return the sequences whose keys these are} */
  public Sequences sequences() {
    return in;
  }

  /**
   * {@return the hidden units, F32 [kept rows, D]; with a gate [kept rows, 2·D], those of the gate
   * after the others}
   */
  public MemorySegment units() {
    return keys.units();
  }

  /** {@return the projected rows, F32 [kept rows, H]; empty without an input projection} */
  public Optional<MemorySegment> rows() {
    return keys.isProjected() ? Optional.of(keys.projected()) : Optional.empty();
  }

  /** Returns what engines read and fill. */
  KeyBatch view() {
    return keys;
  }
}
