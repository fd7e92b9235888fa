package io.github.attnpool.cli.run;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Output;
import io.github.attnpool.PoolingState;
import io.github.attnpool.batch.RowChunk;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Pools sequences that are longer than a chunk, one after another, chunk by chunk. */
final class LongSequences implements AutoCloseable {
  private final AttentionPooling layer;
  private final ResultRegions results;
  private final MemorySegment scores; // [R, rows of a chunk]
  private final MemorySegment context; // [R,H]
  private final MemorySegment logits; // [O]
  private @Nullable PoolingState state; // of the sequence that has not ended; made for the first
  private long begin; // position of that sequence's first row

  /**
   * @param arena owner of the memory for a chunk's scores and a sequence's results
   */
  LongSequences(AttentionPooling layer, ResultRegions results, ChunkSize size, Arena arena) {
    AttentionParameters parameters = layer.parameters();
    long heads = parameters.heads();
    this.layer = layer;
    this.results = results;
    this.scores = floats(results.hasPositions() ? heads * size.rows() : 0, arena);
    this.context = floats((long) parameters.contexts() * parameters.width(), arena);
    this.logits = floats(parameters.logitCount(), arena);
  }

  private static MemorySegment floats(long count, Arena arena) {
    return arena.allocate(count * Float.BYTES, Float.BYTES);
  }

  /** Adds the next part of a sequence; writes its results if it ends here. */
  void add(RowChunk chunk) {
    PoolingState sequence = state(chunk);
    if (results.hasPositions()) {
      addWithScores(sequence, chunk);
    } else {
      sequence.add(chunk.view());
    }
    if (chunk.ends()) {
      finish(sequence, chunk);
    }
  }

  /** Returns the state that the chunk is added to, without rows if a sequence begins. */
  private PoolingState state(RowChunk chunk) {
    if (state == null) {
      state = layer.newState();
    } else if (chunk.begins()) {
      state.reset();
    }
    if (chunk.begins()) {
      begin = chunk.from(0);
    }
    return state;
  }

  private void addWithScores(PoolingState state, RowChunk chunk) {
    long values = (long) chunk.rows() * layer.parameters().heads();
    MemorySegment found = scores.asSlice(0, values * Float.BYTES);
    state.add(chunk.view(), found);
    if (results.has(Output.SCORES)) {
      float none = Float.NEGATIVE_INFINITY;
      results.writePositions(Output.SCORES, chunk, found, none, none);
    }
    if (results.has(Output.WEIGHTS)) {
      results.writePositions(Output.WEIGHTS, chunk, found, 0, 0);
    }
  }

  private void finish(PoolingState state, RowChunk chunk) {
    int sequence = chunk.firstSequence();
    if (results.has(Output.CONTEXT)) {
      state.context(context);
      results.write(Output.CONTEXT, sequence, context);
    }
    if (results.has(Output.LOGITS)) {
      state.logits(logits);
      results.write(Output.LOGITS, sequence, logits);
    }
    if (results.has(Output.WEIGHTS)) {
      results.weigh(sequence, begin, chunk.keptEnd(0), state);
    }
  }

  @Override
  public void close() {
    if (state != null) {
      state.close();
    }
  }
}
