package io.github.attnpool.internal.cuda.nvidia;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cudadriver.CudaDriver;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The driver's version and contexts, which are given by address. The one class that knows its
 * bindings; to be used when the library is loaded, and contexts when the runtime has counted the
 * devices, which initialises the driver.
 */
public final class DriverApi {
  /** Contexts by device. They are kept, as the runtime keeps them, until the process ends. */
  private static final ConcurrentHashMap<Integer, Long> PRIMARIES = new ConcurrentHashMap<>();

  private DriverApi() {}

  /** Returns the newest CUDA that it runs, for example 13000; 0 if it does not say. */
  public static int version() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      return CudaDriver.cuDriverGetVersion(out) == CudaDriver.CUDA_SUCCESS()
          ? out.get(JAVA_INT, 0)
          : 0;
    }
  }

  /** Returns the context of a device that all runtimes in the process share. */
  public static long primary(int device) {
    return PRIMARIES.computeIfAbsent(device, DriverApi::retain);
  }

  /** Retains a context: a CUdevice is the device's number. */
  private static long retain(int device) {
    return OutParameter.longFrom(
        "cuDevicePrimaryCtxRetain",
        DriverApi::check,
        out -> CudaDriver.cuDevicePrimaryCtxRetain(out, device));
  }

  /** Returns the context of this thread; 0 if it has none. */
  public static long current() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      check("cuCtxGetCurrent", (int) Hot.GET_CURRENT.invokeExact(out.address()));
      return out.get(JAVA_LONG, 0);
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Makes a context that of this thread; 0 for none. */
  public static void makeCurrent(long context) {
    try {
      check("cuCtxSetCurrent", (int) Hot.SET_CURRENT.invokeExact(context));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  private static void check(String call, int status) {
    if (status != CudaDriver.CUDA_SUCCESS()) {
      throw new AttnPoolException(call, name(status) + " (" + status + ")");
    }
  }

  private static String name(int status) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(CudaDriver.C_POINTER);
      return CudaDriver.cuGetErrorName(status, out) == CudaDriver.CUDA_SUCCESS()
          ? out.get(CudaDriver.C_POINTER, 0).getString(0)
          : "status of the driver";
    }
  }

  private static final class Hot {
    static final MethodHandle GET_CURRENT =
        AddressCall.of(
            CudaDriver.cuCtxGetCurrent$address(), CudaDriver.cuCtxGetCurrent$descriptor());
    static final MethodHandle SET_CURRENT =
        AddressCall.of(
            CudaDriver.cuCtxSetCurrent$address(), CudaDriver.cuCtxSetCurrent$descriptor());

    private Hot() {}
  }
}
