package io.github.attnpool.internal.cuda.nvidia;

import static io.github.attnpool.internal.cuda.nvidia.CudaStatus.cuda;
import static io.github.attnpool.internal.cuda.nvidia.OutParameter.intFrom;
import static io.github.attnpool.internal.cuda.nvidia.OutParameter.longFrom;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cudart.Cudart;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The CUDA runtime, with statuses turned into exceptions and out-parameters into results. Handles
 * and memory are given by address. The one class that knows the runtime's bindings; to be used when
 * the library is loaded.
 */
public final class CudaRuntime {
  private static final long DEFAULT_STREAM = 0;
  private static final long NO_FLAGS = 0;
  private static final int ATTRIBUTES_BYTES = 256; // more than the struct has in any version
  private static final long PROPERTIES_BYTES = 4096;

  private CudaRuntime() {}

  /** For example 13000. */
  public static int runtimeVersion() {
    return intFrom("cudaRuntimeGetVersion", CudaStatus::cuda, Cudart::cudaRuntimeGetVersion);
  }

  /** Newest CUDA that the driver runs; 0 without a driver. */
  public static int driverVersion() {
    return intFrom("cudaDriverGetVersion", CudaStatus::cuda, Cudart::cudaDriverGetVersion);
  }

  public static int deviceCount() {
    return intFrom("cudaGetDeviceCount", CudaStatus::cuda, Cudart::cudaGetDeviceCount);
  }

  static String deviceName(int device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment properties = arena.allocate(PROPERTIES_BYTES, Long.BYTES);
      cuda("cudaGetDeviceProperties", Cudart.cudaGetDeviceProperties(properties, device));
      return properties.getString(0); // the name comes first in every version
    }
  }

  static int attribute(int attribute, int device) {
    return intFrom(
        "cudaDeviceGetAttribute",
        CudaStatus::cuda,
        out -> Cudart.cudaDeviceGetAttribute(out, attribute, device));
  }

  /** Bytes of the current device that are free, and all of them. */
  public static long[] memory() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG, 2);
      cuda("cudaMemGetInfo", Cudart.cudaMemGetInfo(out, out.asSlice(Long.BYTES)));
      return out.toArray(JAVA_LONG);
    }
  }

  /** Device memory, or 0 if there is not enough; {@link #free}. */
  public static long mallocOrZero(long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      int status = Cudart.cudaMalloc(out, bytes);
      if (status == Cudart.cudaErrorMemoryAllocation()) {
        Cudart.cudaGetLastError();
        return 0;
      }
      cuda("cudaMalloc", status);
      return out.get(JAVA_LONG, 0);
    }
  }

  public static void free(long address) {
    cuda("cudaFree", Cudart.cudaFree(MemorySegment.ofAddress(address)));
  }

  /** Page-locked host memory; {@link #freeHost}. */
  public static MemorySegment hostAlloc(long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(Cudart.C_POINTER);
      cuda("cudaHostAlloc", Cudart.cudaHostAlloc(out, bytes, Cudart.cudaHostAllocDefault()));
      return out.get(Cudart.C_POINTER, 0).asSlice(0, bytes);
    }
  }

  public static void freeHost(MemorySegment memory) {
    cuda("cudaFreeHost", Cudart.cudaFreeHost(memory));
  }

  /** Kind of the memory at an address: one of Cudart's {@code cudaMemoryType}, then its device. */
  public static int[] pointer(long address) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ATTRIBUTES_BYTES, Long.BYTES);
      cuda(
          "cudaPointerGetAttributes",
          Cudart.cudaPointerGetAttributes(out, MemorySegment.ofAddress(address)));
      return new int[] {out.get(JAVA_INT, 0), out.get(JAVA_INT, Integer.BYTES)};
    }
  }

  /** Copies at once, from any host memory. */
  public static void upload(long to, MemorySegment from) {
    cuda(
        "cudaMemcpy",
        Cudart.cudaMemcpy(
            MemorySegment.ofAddress(to), from, from.byteSize(), Cudart.cudaMemcpyHostToDevice()));
    synchronize(DEFAULT_STREAM); // it may return before the last bytes are there
  }

  /** Which way a copy goes. */
  public enum Direction {
    HOST_TO_DEVICE(Cudart.cudaMemcpyHostToDevice()),
    DEVICE_TO_HOST(Cudart.cudaMemcpyDeviceToHost());

    private final int kind;

    Direction(int kind) {
      this.kind = kind;
    }
  }

  /** Copies between device memory and pinned host memory, in the order of a stream; addresses. */
  public static void copy(long to, long from, long bytes, Direction direction, long stream) {
    try {
      cuda(
          "cudaMemcpyAsync", (int) Hot.MEMCPY.invokeExact(to, from, bytes, direction.kind, stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** A stream; {@link #destroyStream}. */
  public static long stream() {
    return longFrom(
        "cudaStreamCreateWithFlags",
        CudaStatus::cuda,
        out -> Cudart.cudaStreamCreateWithFlags(out, Cudart.cudaStreamNonBlocking()));
  }

  public static void destroyStream(long stream) {
    cuda("cudaStreamDestroy", Cudart.cudaStreamDestroy(MemorySegment.ofAddress(stream)));
  }

  /** Waits until everything on a stream is done. */
  public static void synchronize(long stream) {
    try {
      cuda("cudaStreamSynchronize", (int) Hot.SYNCHRONIZE.invokeExact(stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** An event; {@link #destroyEvent}. */
  public static long event() {
    return longFrom(
        "cudaEventCreateWithFlags",
        CudaStatus::cuda,
        out -> Cudart.cudaEventCreateWithFlags(out, Cudart.cudaEventDisableTiming()));
  }

  public static void destroyEvent(long event) {
    cuda("cudaEventDestroy", Cudart.cudaEventDestroy(MemorySegment.ofAddress(event)));
  }

  /** The event is when everything now on the stream is done. */
  public static void record(long event, long stream) {
    try {
      cuda("cudaEventRecord", (int) Hot.RECORD.invokeExact(event, stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** What is put on the stream from now on waits for the event. */
  public static void waitFor(long stream, long event) {
    try {
      cuda("cudaStreamWaitEvent", (int) Hot.WAIT.invokeExact(stream, event, 0));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Has this thread wait for the event. */
  public static void await(long event) {
    try {
      cuda("cudaEventSynchronize", (int) Hot.AWAIT.invokeExact(event));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Has this thread put launches of a stream into a graph instead of running them. */
  public static void beginCapture(long stream) {
    cuda(
        "cudaStreamBeginCapture",
        Cudart.cudaStreamBeginCapture(
            MemorySegment.ofAddress(stream), Cudart.cudaStreamCaptureModeThreadLocal()));
  }

  /** The graph of what was captured; {@link #destroyGraph}. */
  public static long endCapture(long stream) {
    return longFrom(
        "cudaStreamEndCapture",
        CudaStatus::cuda,
        out -> Cudart.cudaStreamEndCapture(MemorySegment.ofAddress(stream), out));
  }

  public static void destroyGraph(long graph) {
    cuda("cudaGraphDestroy", Cudart.cudaGraphDestroy(MemorySegment.ofAddress(graph)));
  }

  /** What runs a graph; {@link #destroyExecutable}. */
  public static long instantiate(long graph) {
    return longFrom(
        "cudaGraphInstantiateWithFlags",
        CudaStatus::cuda,
        out -> Cudart.cudaGraphInstantiateWithFlags(out, MemorySegment.ofAddress(graph), NO_FLAGS));
  }

  public static void destroyExecutable(long graph) {
    cuda("cudaGraphExecDestroy", Cudart.cudaGraphExecDestroy(MemorySegment.ofAddress(graph)));
  }

  /** Puts all of a graph on a stream. */
  public static void launchGraph(long graph, long stream) {
    try {
      cuda("cudaGraphLaunch", (int) Hot.LAUNCH_GRAPH.invokeExact(graph, stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** What is called often; made when a layer is, not when a machine without CUDA is looked at. */
  private static final class Hot {
    static final MethodHandle MEMCPY =
        AddressCall.of(Cudart.cudaMemcpyAsync$address(), Cudart.cudaMemcpyAsync$descriptor());
    static final MethodHandle SYNCHRONIZE =
        AddressCall.of(
            Cudart.cudaStreamSynchronize$address(), Cudart.cudaStreamSynchronize$descriptor());
    static final MethodHandle RECORD =
        AddressCall.of(Cudart.cudaEventRecord$address(), Cudart.cudaEventRecord$descriptor());
    static final MethodHandle WAIT =
        AddressCall.of(
            Cudart.cudaStreamWaitEvent$address(), Cudart.cudaStreamWaitEvent$descriptor());
    static final MethodHandle AWAIT =
        AddressCall.of(
            Cudart.cudaEventSynchronize$address(), Cudart.cudaEventSynchronize$descriptor());

    static final MethodHandle LAUNCH_GRAPH =
        AddressCall.of(Cudart.cudaGraphLaunch$address(), Cudart.cudaGraphLaunch$descriptor());

    private Hot() {}
  }
}
