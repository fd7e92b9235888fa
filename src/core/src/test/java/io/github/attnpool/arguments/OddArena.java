package io.github.attnpool.arguments;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.UnaryOperator;

/** An arena of the caller's own class, which gives other memory than was asked for. */
record OddArena(Arena arena, UnaryOperator<MemorySegment> change) implements Arena {
  @Override
  public MemorySegment allocate(long byteSize, long byteAlignment) {
    return change.apply(arena.allocate(Math.min(byteSize, 1 << 20), byteAlignment));
  }

  @Override
  public MemorySegment.Scope scope() {
    return arena.scope();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
