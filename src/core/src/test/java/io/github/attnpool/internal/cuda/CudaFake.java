package io.github.attnpool.internal.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.NativeCode;
import io.github.attnpool.bindings.cudart.Cudart;
import io.github.attnpool.internal.cuda.lookup.CudaLibrary;
import io.github.attnpool.spi.Availability;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The fake CUDA libraries, which work on host memory: see native/cuda/tests/fake/attnpool_fake.h.
 * These tests need their own JVM, whose properties name the fake as each of the libraries.
 */
public final class CudaFake {
  /** System property: the path of the fake. */
  private static final String PROPERTY = "attnpool.test.cuda.fake";

  /** All properties that name the fake; pass them to a new JVM that shall use it. */
  static final List<String> PROPERTIES =
      Stream.concat(
              Stream.of(PROPERTY, "attnpool.cuda.kernels.library"),
              Stream.of(CudaLibrary.values()).map(CudaLibrary::property))
          .toList();

  private static final MethodHandle SET;
  private static final MethodHandle GET;
  private static final MethodHandle FAIL;
  private static final MethodHandle REPORT;
  private static final MethodHandle RESET;
  private static final MethodHandle FOREIGN_CONTEXT;

  static {
    String file = System.getProperty(PROPERTY, "");
    assertTrue(
        Files.isRegularFile(Path.of(file)),
        "there is no fake CUDA library at '"
            + file
            + "' (property "
            + PROPERTY
            + "): build module native first, for example by mvn -pl src/core -am verify");
    for (CudaLibrary library : CudaLibrary.values()) {
      assertEquals(file, System.getProperty(library.property()), library.property());
    }
    Availability found = new CudaBackend().availability();
    assertTrue(found.available(), found::detail);
    SET = function("attnpool_fake_set", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
    GET = function("attnpool_fake_get", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    FAIL = function("attnpool_fake_fail", FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_INT));
    REPORT = function("attnpool_fake_report", FunctionDescriptor.of(ADDRESS));
    RESET = function("attnpool_fake_reset", FunctionDescriptor.ofVoid());
    FOREIGN_CONTEXT =
        function("attnpool_fake_foreign_context", FunctionDescriptor.of(JAVA_LONG, JAVA_INT));
  }

  private static long abandoned; // what tests of failing releases did not free

  private CudaFake() {}

  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    return AddressCall.of(NativeCode.loaded().findOrThrow(name), descriptor);
  }

  /** Changes a setting. */
  public static void set(String name, long value) {
    try (Arena arena = Arena.ofConfined()) {
      long address = arena.allocateFrom(name).address();
      call(() -> assertEquals(1, (int) SET.invokeExact(address, value), name));
    }
  }

  /** Returns a setting or a count. */
  public static long get(String name) {
    long[] result = new long[1];
    try (Arena arena = Arena.ofConfined()) {
      long address = arena.allocateFrom(name).address();
      call(() -> result[0] = (long) GET.invokeExact(address));
    }
    return result[0];
  }

  /** Makes the nth call of a function from now on fail. */
  public static void fail(String function, long nth, int status) {
    try (Arena arena = Arena.ofConfined()) {
      long address = arena.allocateFrom(function).address();
      call(
          () -> {
            FAIL.invokeExact(address, nth, status);
          });
    }
  }

  /** Cancels a failure that has not happened yet. */
  static void spare(String function) {
    fail(function, Long.MAX_VALUE, 0);
  }

  /** Makes a context as another library would, and makes it this thread's current one. */
  static long foreignContext(int device) {
    long[] result = new long[1];
    call(() -> result[0] = (long) FOREIGN_CONTEXT.invokeExact(device));
    return result[0];
  }

  /** Returns what is alive and what was misused, one line each. */
  public static String report() {
    long[] result = new long[1];
    call(() -> result[0] = (long) REPORT.invokeExact());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pointer = arena.allocateFrom(JAVA_LONG, result[0]);
      return pointer.get(Cudart.C_POINTER, 0).getString(0);
    }
  }

  /** Restores settings, counts and failures; fails if anything is alive or was misused. */
  public static void reset() {
    long misuses = get("misuses");
    long live = live();
    String report = report();
    abandon(); // or every later test would fail too
    call(
        () -> {
          RESET.invokeExact();
        });
    assertEquals(0, misuses, report);
    assertEquals(0, live, report);
  }

  /** Returns how many objects are alive that were not abandoned. */
  public static long live() {
    return get("live") - abandoned;
  }

  /** Declares that nobody will release what is alive now. */
  static void abandon() {
    abandoned = get("live");
  }

  private interface Downcall {
    void run() throws Throwable;
  }

  private static void call(Downcall downcall) {
    try {
      downcall.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
