package io.github.attnpool.internal.cuda.nvidia;

import static io.github.attnpool.internal.cuda.nvidia.CudaStatus.cuda;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cudart.Cudart;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The CUDA runtime's memory, on devices and in page-locked host memory, which are given by address;
 * to be used when the library is loaded.
 */
public final class MemoryApi {
  private static final long DEFAULT_STREAM = 0;
  private static final int ATTRIBUTES_BYTES = 256; // more than the struct has in any version

  private MemoryApi() {}

  /**
   * Memory of a device, in bytes.
   *
   * @param free not allocated by anybody
   * @param total all of it
   */
  public record Room(long free, long total) {}

  /** Returns the memory of the current device. */
  public static Room room() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG, 2);
      cuda("cudaMemGetInfo", Cudart.cudaMemGetInfo(out, out.asSlice(Long.BYTES)));
      return new Room(out.getAtIndex(JAVA_LONG, 0), out.getAtIndex(JAVA_LONG, 1));
    }
  }

  /** Allocates device memory, or returns 0 if there is not enough; {@link #free} releases it. */
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

  /** Allocates page-locked host memory; {@link #freeHost} releases it. */
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

  /**
   * What the runtime knows of an address.
   *
   * @param kind one of Cudart's {@code cudaMemoryType}
   * @param device whose memory it is, if any
   */
  public record Place(int kind, int device) {
    /** Returns whether it is memory that moves between the host and devices. */
    public boolean isManaged() {
      return kind == Cudart.cudaMemoryTypeManaged();
    }

    /** Returns whether it is memory of a device. */
    public boolean isDevice() {
      return kind == Cudart.cudaMemoryTypeDevice();
    }
  }

  /** Returns where an address lies. */
  public static Place place(long address) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ATTRIBUTES_BYTES, Long.BYTES);
      cuda(
          "cudaPointerGetAttributes",
          Cudart.cudaPointerGetAttributes(out, MemorySegment.ofAddress(address)));
      return new Place(out.get(JAVA_INT, 0), out.get(JAVA_INT, Integer.BYTES));
    }
  }

  /** Copies from any host memory, and waits for it. */
  public static void upload(long to, MemorySegment from) {
    cuda(
        "cudaMemcpy",
        Cudart.cudaMemcpy(
            MemorySegment.ofAddress(to), from, from.byteSize(), Cudart.cudaMemcpyHostToDevice()));
    StreamApi.synchronize(DEFAULT_STREAM); // it may return before the last bytes are there
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

  /** Made when a layer is built, not when a machine without CUDA is looked at. */
  private static final class Hot {
    static final MethodHandle MEMCPY =
        AddressCall.of(Cudart.cudaMemcpyAsync$address(), Cudart.cudaMemcpyAsync$descriptor());

    private Hot() {}
  }
}
