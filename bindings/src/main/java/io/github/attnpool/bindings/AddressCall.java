package io.github.attnpool.bindings;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Handles of native functions that take each pointer as a {@code long}. For calls on a hot path: a
 * call through a generated method takes a segment for each pointer, and these are allocated
 * whenever the JIT stops inlining on the way; a call with plain numbers never allocates, and is
 * shorter.
 *
 * <p>The caller vouches for the addresses: nothing checks that the memory is alive.
 */
public final class AddressCall {
  private AddressCall() {}

  /**
   * {@return a handle of a function}
   *
   * @param function its address, from the generated {@code …$address()}
   * @param descriptor its type, from the generated {@code …$descriptor()}
   */
  public static MethodHandle of(MemorySegment function, FunctionDescriptor descriptor) {
    return Linker.nativeLinker().downcallHandle(function, withLongs(descriptor));
  }

  /**
   * {@return a handle of a function that always returns within a microsecond} The call is cheaper
   * because the thread does not tell the JVM that it is in native code, which is why garbage
   * collection has to wait for it.
   *
   * @param function its address, from the generated {@code …$address()}
   * @param descriptor its type, from the generated {@code …$descriptor()}
   */
  public static MethodHandle ofShort(MemorySegment function, FunctionDescriptor descriptor) {
    return Linker.nativeLinker()
        .downcallHandle(function, withLongs(descriptor), Linker.Option.critical(false));
  }

  /** Pointers and 64-bit integers are passed alike in the calling conventions of 64-bit systems. */
  private static FunctionDescriptor withLongs(FunctionDescriptor descriptor) {
    MemoryLayout[] arguments =
        descriptor.argumentLayouts().stream()
            .map(AddressCall::withLong)
            .toArray(MemoryLayout[]::new);
    return descriptor
        .returnLayout()
        .map(result -> FunctionDescriptor.of(withLong(result), arguments))
        .orElseGet(() -> FunctionDescriptor.ofVoid(arguments));
  }

  private static MemoryLayout withLong(MemoryLayout layout) {
    return layout instanceof AddressLayout ? ValueLayout.JAVA_LONG : layout;
  }
}
