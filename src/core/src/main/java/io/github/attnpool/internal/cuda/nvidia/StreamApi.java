package io.github.attnpool.internal.cuda.nvidia;

import static io.github.attnpool.internal.cuda.nvidia.CudaStatus.cuda;
import static io.github.attnpool.internal.cuda.nvidia.OutParameter.longFrom;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cudart.Cudart;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The CUDA runtime's streams and events, which are given by address; to be used when the library is
 * loaded.
 */
public final class StreamApi {
  private StreamApi() {}

  /** Creates a stream; {@link #destroyStream} releases it. */
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

  /** Creates an event; {@link #destroyEvent} releases it. */
  public static long event() {
    return longFrom(
        "cudaEventCreateWithFlags",
        CudaStatus::cuda,
        out -> Cudart.cudaEventCreateWithFlags(out, Cudart.cudaEventDisableTiming()));
  }

  public static void destroyEvent(long event) {
    cuda("cudaEventDestroy", Cudart.cudaEventDestroy(MemorySegment.ofAddress(event)));
  }

  /** Lets the event happen when everything now on the stream is done. */
  public static void record(long event, long stream) {
    try {
      cuda("cudaEventRecord", (int) Hot.RECORD.invokeExact(event, stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Makes what is put on the stream from now on wait for the event. */
  public static void waitFor(long stream, long event) {
    try {
      cuda("cudaStreamWaitEvent", (int) Hot.WAIT.invokeExact(stream, event, 0));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Makes this thread wait for the event. */
  public static void await(long event) {
    try {
      cuda("cudaEventSynchronize", (int) Hot.AWAIT.invokeExact(event));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Made when a layer is built, not when a machine without CUDA is looked at. */
  private static final class Hot {
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

    private Hot() {}
  }
}
