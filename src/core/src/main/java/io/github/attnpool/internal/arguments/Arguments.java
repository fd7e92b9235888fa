package io.github.attnpool.internal.arguments;

import io.github.attnpool.AttnPoolException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of an operation's arguments. Everything is checked here, in Java, before native
 * code sees it; what does not hold becomes an {@link AttnPoolException} that names the operation.
 *
 * <p>The checks of a forward call build no message, and so allocate nothing, while all is well.
 *
 * @param operation what the caller does, for example {@code forward}
 */
public record Arguments(String operation) {
  private static final int MOST = Integer.MAX_VALUE - 8; // elements of a Java array
  private static final String FOREIGN =
      "the arena belongs to another thread; use a shared arena or call from that thread";

  /** An exception that says what is wrong and what it must be. */
  public AttnPoolException bad(String problem) {
    return new AttnPoolException(operation, problem);
  }

  /** Something that must hold. */
  public void must(boolean holds, Supplier<String> problem) {
    if (!holds) {
      throw bad(problem.get());
    }
  }

  /** An argument that must be there. */
  public <T> T given(String name, T argument) {
    if (argument == null) {
      throw bad(name + " must not be null");
    }
    return argument;
  }

  /** Memory that is about to be used: it is open, and this thread may use it. */
  public void usable(String name, MemorySegment memory) {
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
  public void addressable(String name, MemorySegment floats) {
    if (!floats.isNative() || floats.isMapped() || floats.address() % Float.BYTES != 0) {
      throw bad(
          name + " must lie in native memory, not mapped from a file, aligned to " + Float.BYTES);
    }
  }

  /** F32 memory of the caller that is about to be written, by address. */
  public void writable(String name, MemorySegment floats) {
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
  public MemorySegment allocate(String name, long rows, long width, Arena arena, long alignment) {
    try {
      long bytes = Math.multiplyExact(Math.multiplyExact(rows, width), (long) Float.BYTES);
      return allocate(name, bytes, arena, alignment);
    } catch (ArithmeticException e) {
      throw new AttnPoolException(operation, name + " is too large to be addressed", e);
    }
  }

  /** Allocates memory that is written by address, as for F32 values. */
  public MemorySegment allocate(String name, long bytes, Arena arena, long alignment) {
    MemorySegment memory = from(given("arena", arena), name, bytes, alignment);
    if (memory == null
        || !memory.isNative()
        || memory.isReadOnly()
        || memory.isMapped()
        || memory.byteSize() != bytes
        || memory.address() % Float.BYTES != 0) {
      throw bad(
          String.format(
              Locale.ROOT,
              "the arena gave %s for %s, must be writable native memory of %d bytes, aligned to %d",
              memory,
              name,
              bytes,
              Float.BYTES));
    }
    usable(name, memory);
    return memory;
  }

  private @Nullable MemorySegment from(Arena arena, String name, long bytes, long alignment) {
    open(arena);
    try {
      return arena.allocate(bytes, alignment);
    } catch (WrongThreadException e) {
      throw new AttnPoolException(operation, FOREIGN, e);
    } catch (IllegalStateException e) { // by another thread meanwhile
      throw new AttnPoolException(operation, "the arena is already closed", e);
    } catch (OutOfMemoryError e) {
      throw noMemory("the " + bytes + " bytes of " + name, e);
    }
  }

  /** An arena from which something is about to be allocated. */
  public void open(Arena arena) {
    if (!given("arena", arena).scope().isAlive()) {
      throw bad("the arena is already closed");
    }
  }

  /**
   * For an array or native memory that there is no room for. Java's own message says how many bytes
   * of native memory were wanted.
   */
  public AttnPoolException noMemory(String what, OutOfMemoryError e) {
    return new AttnPoolException(
        operation, "there is no memory for " + what + ": " + e.getMessage(), e);
  }

  /** Returns an array, of a size that a caller's argument asks for. */
  public long[] longs(String name, long count) {
    must(
        count <= MOST,
        () -> String.format(Locale.ROOT, "there are %d %s, must be at most %d", count, name, MOST));
    try {
      return new long[(int) count];
    } catch (OutOfMemoryError e) {
      throw noMemory(
          String.format(
              Locale.ROOT,
              "%d %s, which take %d bytes of the heap",
              count,
              name,
              count * Long.BYTES),
          e);
    }
  }

  /** An index, 0 or more and below a count. */
  public void index(String name, long index, long count) {
    if (index < 0 || index >= count) {
      throw bad(
          count == 0
              ? String.format(Locale.ROOT, "%s is %d, but there are none", name, index)
              : String.format(Locale.ROOT, "%s is %d, must be 0 to %d", name, index, count - 1));
    }
  }

  /** A size that must not be negative. */
  public void notNegative(String name, long size) {
    if (size < 0) {
      throw bad(name + " is " + size + ", must be at least 0");
    }
  }

  /** A list or set that must be there, and so must what is in it. */
  public <T extends Iterable<?>> T allGiven(String name, T arguments) {
    for (Object argument : given(name, arguments)) {
      if (argument == null) {
        throw bad("no element of " + name + " must be null");
      }
    }
    return arguments;
  }

  /** A map that must be there, and so must its keys and values. */
  public <K, V> Map<K, V> allGiven(String name, Map<K, V> arguments) {
    given(name, arguments)
        .forEach(
            (key, value) -> {
              if (key == null || value == null) {
                throw bad("no key or value of " + name + " must be null");
              }
            });
    return arguments;
  }
}
