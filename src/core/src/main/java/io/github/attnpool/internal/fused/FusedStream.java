package io.github.attnpool.internal.fused;

import io.github.attnpool.spi.RowBatch;
import io.github.attnpool.spi.StreamEngine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Sequences in parts: a fused engine's tiles, folded into a state that the caller keeps. */
final class FusedStream implements StreamEngine {
  private static final long ALIGNMENT = 64;

  private final FusedEngine engine;
  private final TileShape shape;
  private final StateLayout layout;

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
    engine.withMath(
        math -> {
          for (int head = 0; head < layout.heads(); head++) {
            math.merge(state, other, head);
          }
        });
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
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment closed = closed(state, arena);
      engine.withMath(
          math -> {
            for (int head = 0; head < layout.heads(); head++) {
              math.finish(closed, head, context, shape.contextOffset(0, head));
            }
            if (logits != null) {
              math.output(context, 1, logits);
            }
          });
    }
  }

  @Override
  public void weigh(MemorySegment scores, int head, MemorySegment state) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment closed = closed(state, arena);
      long rows = scores.byteSize() / Float.BYTES;
      engine.withMath(math -> math.weigh(closed, head, scores, 0, rows));
    }
  }

  /** A copy with the denominator as the softmax of this layer has it. */
  private MemorySegment closed(MemorySegment state, Arena arena) {
    MemorySegment copy = arena.allocate(layout.bytes(), ALIGNMENT).copyFrom(state);
    for (int head = 0; head < layout.heads(); head++) {
      layout.addToSum(copy, head, shape.softmaxEpsilon());
    }
    return copy;
  }
}
