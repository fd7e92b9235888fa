package io.github.attnpool.internal.cuda.nvidia;

import static io.github.attnpool.internal.cuda.nvidia.CudaStatus.cuda;
import static io.github.attnpool.internal.cuda.nvidia.OutParameter.longFrom;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cudart.Cudart;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The CUDA runtime's graphs of launches, which are given by address; to be used when the library is
 * loaded.
 */
public final class GraphApi {
  private static final long NO_FLAGS = 0;

  private GraphApi() {}

  /** Makes this thread's launches on a stream part of a graph instead of running them. */
  public static void beginCapture(long stream) {
    cuda(
        "cudaStreamBeginCapture",
        Cudart.cudaStreamBeginCapture(
            MemorySegment.ofAddress(stream), Cudart.cudaStreamCaptureModeThreadLocal()));
  }

  /** Returns the graph of what was captured; {@link #destroyGraph} releases it. */
  public static long endCapture(long stream) {
    return longFrom(
        "cudaStreamEndCapture",
        CudaStatus::cuda,
        out -> Cudart.cudaStreamEndCapture(MemorySegment.ofAddress(stream), out));
  }

  public static void destroyGraph(long graph) {
    cuda("cudaGraphDestroy", Cudart.cudaGraphDestroy(MemorySegment.ofAddress(graph)));
  }

  /** Makes a graph executable; {@link #destroyExecutable} releases the result. */
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
  public static void launch(long graph, long stream) {
    try {
      cuda("cudaGraphLaunch", (int) Hot.LAUNCH_GRAPH.invokeExact(graph, stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Made when a layer is built, not when a machine without CUDA is looked at. */
  private static final class Hot {
    static final MethodHandle LAUNCH_GRAPH =
        AddressCall.of(Cudart.cudaGraphLaunch$address(), Cudart.cudaGraphLaunch$descriptor());

    private Hot() {}
  }
}
