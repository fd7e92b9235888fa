package io.github.attnpool.internal.onednn;

import io.github.attnpool.internal.fused.ChannelLayout;
import io.github.attnpool.internal.kernels.ChannelKernels;
import io.github.attnpool.internal.kernels.NativeKernels;
import io.github.attnpool.internal.maps.LayerForm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A softmax per channel, or heads with mean and standard deviation. */
final class ChannelPooling implements StatePooling {
  private final ChannelLayout layout;
  private final boolean perChannel;
  private final int heads; // scores per row
  private final int contexts;
  private final long width; // of a pooled row
  private final float epsilon;
  private final float minVariance;
  private final ClosedSoftmax softmax;

  ChannelPooling(NativeParameters parameters, ChannelLayout layout, Arena arena) {
    LayerForm form = parameters.form();
    this.layout = layout;
    this.perChannel = form.isPerChannel();
    this.heads = form.heads();
    this.contexts = form.contexts();
    this.width = form.values().width();
    this.epsilon = form.softmaxEpsilon();
    this.minVariance = form.minVariance();
    this.softmax = new ClosedSoftmax(epsilon, arena);
  }

  @Override
  public void pool(long values, boolean bf16, long first, long rows, ScoreMatrix scores, long to) {
    if (perChannel) {
      ChannelKernels.block(
          bf16, values, rows, width, scores.at(0, first), layout.moments(), to, layout.stride());
    } else {
      ChannelKernels.headMoments(
          bf16,
          values,
          rows,
          width,
          scores.at(0, first),
          scores.headStep(),
          heads,
          to,
          layout.stride());
    }
  }

  @Override
  public void merge(MemorySegment states, MemorySegment later) {
    ChannelKernels.merge(
        states.address(), later.address(), layout.channels(), layout.stride(), layout.moments());
  }

  @Override
  public void finish(MemorySegment states, long contexts) {
    long part = width * Float.BYTES;
    boolean deviates = layout.moments() > 1;
    for (int context = 0; context < this.contexts; context++) {
      long mean = contexts + (long) context * layout.moments() * part;
      ChannelKernels.finish(
          states.address() + context * width * Double.BYTES,
          width,
          layout.stride(),
          epsilon,
          minVariance,
          mean,
          deviates ? mean + part : 0);
    }
  }

  @Override
  public void weigh(MemorySegment states, int head, long scores, long rows) {
    long channel = perChannel ? head : head * width;
    long pair = softmax.of(states, channel, layout.stride() + channel);
    NativeKernels.weights(scores, rows, pair, scores);
  }

  @Override
  public void close() {
    // Its memory is the arena's.
  }
}
