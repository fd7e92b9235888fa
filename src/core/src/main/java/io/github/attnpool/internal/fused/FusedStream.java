package io.github.attnpool.internal.fused;

import io.github.attnpool.spi.RowBatch;
import io.github.attnpool.spi.StreamEngine;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Sequences in parts: a fused engine's tiles, folded into a state that the caller keeps. */
final class FusedStream implements StreamEngine {
  private final FusedEngine engine;
  private final TileShape shape;
  private final StateMemory layout;

  FusedStream(FusedEngine engine) {
    this.engine = engine;
    this.shape = engine.shape();
    this.layout = shape.states();
  }

  @Override
  public int blockRows() {
    return shape.rows();
  }

  @Override
  public long stateBytes() {
    return layout.bytes();
  }

  @Override
  public void clear(MemorySegment state) {
    layout.clear(state);
  }

  @Override
  public void add(RowBatch part, MemorySegment state) {
    engine.add(part, state, null);
  }

  @Override
  public void add(RowBatch part, MemorySegment state, MemorySegment scores) {
    engine.add(part, state, scores);
  }

  @Override
  public void merge(MemorySegment state, MemorySegment other) {
    engine.withMath(math -> math.merge(state, other));
  }

  @Override
  public void finish(MemorySegment state, MemorySegment context) {
    write(state, context, null);
  }

  @Override
  public void finish(MemorySegment state, MemorySegment context, MemorySegment logits) {
    write(state, context, logits);
  }

  private void write(MemorySegment state, MemorySegment context, @Nullable MemorySegment logits) {
    engine.withMath(
        math -> {
          math.finish(state, context, 0);
          if (logits != null) {
            math.output(context, 1, logits);
          }
        });
  }

  @Override
  public void weigh(MemorySegment scores, int head, MemorySegment state) {
    long rows = scores.byteSize() / Float.BYTES;
    engine.withMath(math -> math.weigh(state, head, scores, 0, rows));
  }
}
