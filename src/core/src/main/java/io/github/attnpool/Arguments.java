package io.github.attnpool;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/**
 * What must hold of an operation's arguments. Everything is checked here, in Java, before native
 * code sees it; what does not hold becomes an {@link AttnPoolException} that names the operation.
 *
 * <p>The checks of a forward call build no message, and so allocate nothing, while all is well.
 *
 * @param operation what the caller does, for example {@code forward}
 */
record Arguments(String operation) {
  /** An exception that says what is wrong and what it must be. */
  AttnPoolException bad(String problem) {
    return new AttnPoolException(operation, problem);
  }

  /** Something that must hold. */
  void must(boolean holds, Supplier<String> problem) {
    if (!holds) {
      throw bad(problem.get());
    }
  }

  /** An argument that must be there. */
  <T> T given(String name, T argument) {
    if (argument == null) {
      throw bad(name + " must not be null");
    }
    return argument;
  }

  /** Memory that is about to be used: it is open, and this thread may use it. */
  void usable(String name, MemorySegment memory) {
    if (!memory.scope().isAlive()) {
      throw bad("the memory of " + name + " is already closed");
    }
    if (!memory.isAccessibleBy(Thread.currentThread())) {
      throw bad(
          "the memory of "
              + name
              + " belongs to another thread; use a shared arena or call from that thread");
    }
  }

  /**
   * F32 values that are used by address: not on the heap, aligned, not in a file that can be cut.
   */
  void addressable(String name, MemorySegment floats) {
    if (!floats.isNative() || floats.isMapped() || floats.address() % Float.BYTES != 0) {
      throw bad(
          name + " must lie in native memory, not mapped from a file, aligned to " + Float.BYTES);
    }
  }

  /** F32 memory of the caller that is about to be written, by address. */
  void writable(String name, MemorySegment floats) {
    usable(name, floats);
    addressable(name, floats);
    if (floats.isReadOnly()) {
      throw bad("the memory of " + name + " must not be read-only");
    }
  }

  /**
   * Allocates F32 memory that is written by address. Arenas may be the caller's own classes, so
   * what they give is checked.
   *
   * @param rows times width: the number of values
   */
  MemorySegment allocate(String name, long rows, long width, Arena arena, long alignment) {
    long bytes;
    try {
      bytes = Math.multiplyExact(Math.multiplyExact(rows, width), (long) Float.BYTES);
    } catch (ArithmeticException e) {
      throw new AttnPoolException(operation, name + " is too large to be addressed", e);
    }
    MemorySegment memory;
    try {
      memory = arena.allocate(bytes, alignment);
    } catch (IllegalStateException | WrongThreadException e) {
      throw new AttnPoolException(
          operation, "the arena for " + name + " is closed or belongs to another thread", e);
    }
    if (!memory.isNative()
        || memory.isReadOnly()
        || memory.isMapped()
        || memory.byteSize() != bytes
        || memory.address() % Float.BYTES != 0) {
      throw bad(
          "the arena gave %s for %s, must be writable native memory of %d bytes, aligned to %d"
              .formatted(memory, name, bytes, Float.BYTES));
    }
    return memory;
  }
}
