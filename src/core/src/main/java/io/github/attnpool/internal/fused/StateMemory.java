package io.github.attnpool.internal.fused;

import io.github.attnpool.internal.maps.LayerForm;
import java.lang.foreign.MemorySegment;

/** How the unfinished softmaxes of one sequence, of all its scores, lie in memory. */
public sealed interface StateMemory permits StateLayout, ChannelLayout {
  /** Returns how the states of a layer lie in memory. */
  static StateMemory of(LayerForm form) {
    int moments = form.hasStandardDeviation() ? 2 : 1;
    if (form.isPerChannel()) {
      return new ChannelLayout(form.values().width(), moments);
    }
    return moments == 1
        ? new StateLayout(form.heads(), form.values().width())
        : new ChannelLayout(Math.multiplyExact(form.heads(), form.values().width()), moments);
  }

  /** Returns the bytes of the states of one sequence. */
  long bytes();

  /** Makes states those of no rows. */
  void clear(MemorySegment states);
}
