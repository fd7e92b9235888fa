package io.github.attnpool.internal.onednn;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Output;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.kernels.NativeKernels;
import io.github.attnpool.internal.maps.LayerForm;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.internal.natives.Natives;
import io.github.attnpool.internal.results.MaskedResults;
import io.github.attnpool.spi.Engine;
import io.github.attnpool.spi.EngineInput;
import io.github.attnpool.spi.EngineOptions;
import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.OutputMemory;
import io.github.attnpool.spi.RowBatch;
import io.github.attnpool.spi.StreamEngine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The textbook steps as separate library calls over all kept rows: projection, hidden = x·Wᵀ
 * (oneDNN), scores (own kernel), softmax (oneDNN), weighted sum (own kernel), output layer
 * (oneDNN). Every intermediate stands whole in memory: made to be read, not to be fast. Runs in the
 * caller's thread.
 */
final class StagedEngine implements Engine {
  private static final int MAX_ROWS = 64; // of one multiplication

  private final PlainLayer parameters;
  private final MaskedResults masked;
  private final NativeParameters maps;
  private final StagedSoftmax softmax;

  StagedEngine(AttentionParameters source, EngineOptions options) {
    this.parameters = PlainLayer.of(source);
    this.masked = new MaskedResults(source, options.emptySequence());
    this.maps = new NativeParameters(LayerForm.of(source), Precision.F32, MAX_ROWS);
    this.softmax = new StagedSoftmax(parameters.softmaxEpsilon());
  }

  @Override
  public void forward(EngineInput input, OutputMemory out) {
    RowBatch in = input.rows();
    try (Arena arena = Arena.ofConfined()) {
      StagedSteps steps = new StagedSteps(maps, arena);
      MemorySegment contexts =
          out.has(Output.CONTEXT) ? out.context() : steps.floats(out.size(Output.CONTEXT));
      masked.write(in, out, contexts);
      if (in.kept().count() > 0) {
        pool(input, out, contexts, steps);
      }
      if (out.has(Output.LOGITS) && in.batch() > 0) {
        steps.output(contexts, in.batch(), out.logits());
      }
    }
  }

  private void pool(
      EngineInput input, OutputMemory out, MemorySegment contexts, StagedSteps steps) {
    RowBatch in = input.rows();
    KeptRows kept = in.kept();
    MemorySegment x;
    MemorySegment units;
    switch (input) {
      case RowBatch _ -> {
        x = steps.project(steps.keptRows(in), kept.count());
        units = steps.hidden(x, kept.count());
      }
      case KeyBatch keys -> {
        x = keys.isProjected() ? keys.projected() : steps.keptRows(in);
        units = keys.units();
      }
    }
    MemorySegment scores = steps.scores(in, units);
    if (out.has(Output.SCORES)) {
      StagedSteps.spread(in, scores, parameters.heads(), out.scores());
    }
    if (out.has(Output.CONTEXT) || out.has(Output.WEIGHTS) || out.has(Output.LOGITS)) {
      MemorySegment weights = steps.floats(kept.count() * parameters.heads());
      weigh(in, x, scores, weights, contexts);
      if (out.has(Output.WEIGHTS)) {
        StagedSteps.spread(in, weights, parameters.heads(), out.weights());
      }
    }
  }

  /** Softmax and weighted sum of each sequence and head. */
  private void weigh(
      RowBatch in,
      MemorySegment x,
      MemorySegment scores,
      MemorySegment weights,
      MemorySegment contexts) {
    KeptRows kept = in.kept();
    long width = parameters.width();
    for (int head = 0; head < parameters.heads(); head++) {
      for (int b = 0; b < in.batch(); b++) {
        long count = kept.count(b);
        if (count > 0) {
          long first = head * kept.count() + kept.first(b);
          softmax.run(scores, first, count, weights);
          NativeKernels.weightedSum(
              StagedSteps.at(x, kept.first(b) * width),
              count,
              width,
              StagedSteps.at(weights, first),
              StagedSteps.at(contexts, ((long) b * parameters.heads() + head) * width));
        }
      }
    }
  }

  @Override
  public void fill(KeyBatch keys) {
    try (Arena arena = Arena.ofConfined()) {
      StagedSteps steps = new StagedSteps(maps, arena);
      long rows = keys.rows().kept().count();
      if (rows > 0) {
        MemorySegment x = steps.project(steps.keptRows(keys.rows()), rows);
        keys.units().copyFrom(steps.hidden(x, rows));
        if (keys.isProjected()) {
          keys.projected().copyFrom(x);
        }
      }
    }
  }

  @Override
  public Optional<StreamEngine> stream() {
    return Optional.empty();
  }

  @Override
  public String isa() {
    return Natives.get().tier();
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void close() {
    try (maps) {
      softmax.close();
    }
  }
}
