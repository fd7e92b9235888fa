package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.github.attnpool.internal.fused.ChannelLayout;
import io.github.attnpool.internal.maps.LayerForm;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * States of {@link ChannelLayout}: a softmax per channel, or heads with mean and standard
 * deviation. A row adds nothing to channels where exp(e − m) is 0, whatever its values are.
 */
final class ChannelPooling implements TilePooling {
  private final TileKernels kernels;
  private final OpenTile tile;
  private final ChannelLayout layout;
  private final boolean perChannel;
  private final int heads; // scores per row
  private final int width; // values in a pooled row
  private final int contexts;
  private final float minVariance;
  private final Exponentials exponentials;
  private final float[] weights; // [tileRows, columns] per channel, or [tileRows] of one head
  private final int columns;
  private final float[] shifts; // [columns], per channel
  private final ChannelMoments block;
  private final ChannelMoments state;
  private final float[] mean; // [width]
  private final float[] deviation; // [width]

  ChannelPooling(JvmTileProgram program, OpenTile tile, ChannelLayout layout) {
    LayerForm form = program.form();
    this.kernels = program.kernels();
    this.tile = tile;
    this.layout = layout;
    this.perChannel = form.isPerChannel();
    this.heads = form.heads();
    this.width = form.values().width();
    this.contexts = form.contexts();
    this.minVariance = form.minVariance();
    this.exponentials = new Exponentials(program);
    this.columns = Padding.up(width, kernels.lanes());
    this.weights =
        perChannel
            ? new float[Math.multiplyExact(program.tileRows(), columns)]
            : exponentials.values;
    this.shifts = new float[perChannel ? columns : 0];
    this.block = new ChannelMoments(layout);
    this.state = new ChannelMoments(layout);
    this.mean = new float[width];
    this.deviation = new float[width];
  }

  @Override
  public void pool(int first, int count, TileScores scores, MemorySegment to) {
    block.clear();
    if (perChannel) {
      poolChannels(first, count, scores);
    } else {
      for (int head = 0; head < heads; head++) {
        poolHead(head, first, count, scores);
      }
    }
    block.write(to);
  }

  private void poolChannels(int first, int count, TileScores scores) {
    Arrays.fill(shifts, Float.NEGATIVE_INFINITY);
    for (int t = 0; t < count; t++) {
      int at = scores.index(0, first + t);
      for (int i = 0; i < width; i++) {
        shifts[i] = Math.max(shifts[i], scores.values[at + i]);
      }
    }
    for (int i = 0; i < width; i++) {
      block.max[i] = shifts[i];
      shifts[i] = shifts[i] == Float.NEGATIVE_INFINITY ? 0 : shifts[i]; // exp(−∞ − 0) is 0
    }
    for (int t = 0; t < count; t++) {
      int at = scores.index(0, first + t);
      for (int i = 0; i < width; i++) {
        weights[t * columns + i] = scores.values[at + i] - shifts[i];
      }
    }
    kernels.exp(weights, count * columns, 0);
    for (int t = 0; t < count; t++) {
      int at = t * columns;
      for (int i = 0; i < width; i++) {
        block.sum[i] += weights[at + i];
      }
      block.addFirst(0, width, weights, at, 1, tile.values(), valueAt(first + t));
    }
    if (block.hasSecond()) {
      block.findMeans(0, width);
      for (int t = 0; t < count; t++) {
        block.addSecond(0, width, weights, t * columns, 1, tile.values(), valueAt(first + t));
      }
    }
  }

  private void poolHead(int head, int first, int count, TileScores scores) {
    int channel = head * width;
    float max = exponentials.take(scores, head, first, count);
    if (max == Float.NEGATIVE_INFINITY) {
      return;
    }
    exponentials.exp(count, max);
    Arrays.fill(block.max, channel, channel + width, max);
    Arrays.fill(block.sum, channel, channel + width, exponentials.sum(count));
    for (int t = 0; t < count; t++) {
      block.addFirst(channel, width, weights, t, 0, tile.values(), valueAt(first + t));
    }
    block.findMeans(channel, width);
    for (int t = 0; t < count; t++) {
      block.addSecond(channel, width, weights, t, 0, tile.values(), valueAt(first + t));
    }
  }

  private int valueAt(int row) {
    return row * tile.valueColumns();
  }

  @Override
  public void merge(MemorySegment states, MemorySegment later) {
    state.read(states);
    block.read(later);
    state.merge(block);
    state.write(states);
  }

  @Override
  public void finish(MemorySegment states, MemorySegment contexts, long offset) {
    state.read(states);
    for (int context = 0; context < this.contexts; context++) {
      for (int i = 0; i < width; i++) {
        int channel = context * width + i;
        double closed = exponentials.closedSum(state.max[channel], state.sum[channel]);
        mean[i] = state.mean(channel, closed);
        if (layout.moments() > 1) {
          deviation[i] = state.deviation(channel, closed, minVariance);
        }
      }
      long at = offset + (long) context * layout.moments() * width * Float.BYTES;
      MemorySegment.copy(mean, 0, contexts, JAVA_FLOAT_UNALIGNED, at, width);
      if (layout.moments() > 1) {
        at += (long) width * Float.BYTES;
        MemorySegment.copy(deviation, 0, contexts, JAVA_FLOAT_UNALIGNED, at, width);
      }
    }
  }

  @Override
  public void weigh(MemorySegment states, int head, int first, int count, TileScores scores) {
    exponentials.weigh(max(states, head), sum(states, head), scores, head, first, count);
  }

  @Override
  public void weigh(MemorySegment states, int head, MemorySegment scores, long offset, long rows) {
    exponentials.weigh(max(states, head), sum(states, head), scores, offset, rows);
  }

  private double max(MemorySegment states, int head) {
    return states.getAtIndex(JAVA_DOUBLE, channel(head));
  }

  private double sum(MemorySegment states, int head) {
    return states.getAtIndex(JAVA_DOUBLE, layout.stride() + channel(head));
  }

  /** A channel with the softmax of a head. */
  private long channel(int head) {
    return perChannel ? head : (long) head * width;
  }
}
