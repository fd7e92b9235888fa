package io.github.attnpool.internal.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.dnnl.Dnnl;
import io.github.attnpool.bindings.dnnl.dnnl_exec_arg_t;
import io.github.attnpool.bindings.dnnl.dnnl_version_t;
import io.github.attnpool.internal.natives.NativeFailure;
import io.github.attnpool.internal.natives.Natives;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * oneDNN's C interface, with statuses turned into exceptions and out-parameters into results. But
 * for the check of its version when it is loaded, only this class calls its bindings. Handles that
 * a method returns belong to the caller, who destroys them with the method named in its comment.
 *
 * <p>One CPU engine and one set of attributes serve the process; neither is ever destroyed. The
 * attributes make every primitive take its scratchpad from the caller: this build's own one is
 * shared, and unsafe when a primitive runs on another thread than the one that made it.
 */
final class OneDnn {
  private OneDnn() {}

  /** Element types that matrices here can have. */
  enum Type {
    F32(Dnnl.dnnl_f32(), 4),
    BF16(Dnnl.dnnl_bf16(), 2);

    private final int code;
    private final int bytes;

    Type(int code, int bytes) {
      this.code = code;
      this.bytes = bytes;
    }

    int bytes() {
      return bytes;
    }
  }

  /** Arguments of a primitive. */
  enum Argument {
    SRC(Dnnl.DNNL_ARG_SRC()),
    DST(Dnnl.DNNL_ARG_DST()),
    WEIGHTS(Dnnl.DNNL_ARG_WEIGHTS()),
    BIAS(Dnnl.DNNL_ARG_BIAS()),
    SCRATCHPAD(Dnnl.DNNL_ARG_SCRATCHPAD());

    private final int code;

    Argument(int code) {
      this.code = code;
    }
  }

  private static final class Shared {
    static final MemorySegment ENGINE;
    static final MemorySegment ATTRIBUTES;

    static {
      Natives.get();
      // Layers keep their primitives themselves; the cache would keep those of closed layers.
      check("dnnl_set_primitive_cache_capacity", Dnnl.dnnl_set_primitive_cache_capacity(0));
      ENGINE =
          created("dnnl_engine_create", out -> Dnnl.dnnl_engine_create(out, Dnnl.dnnl_cpu(), 0));
      ATTRIBUTES = created("dnnl_primitive_attr_create", Dnnl::dnnl_primitive_attr_create);
      check(
          "dnnl_primitive_attr_set_scratchpad_mode",
          Dnnl.dnnl_primitive_attr_set_scratchpad_mode(
              ATTRIBUTES, Dnnl.dnnl_scratchpad_mode_user()));
      // Or an environment variable could lower the precision of F32.
      check(
          "dnnl_primitive_attr_set_fpmath_mode",
          Dnnl.dnnl_primitive_attr_set_fpmath_mode(ATTRIBUTES, Dnnl.dnnl_fpmath_mode_strict()));
    }

    private Shared() {}
  }

  /** Version of the library that is loaded, for example {@code 3.13.0}. */
  static String version() {
    MemorySegment version = Dnnl.dnnl_version();
    return dnnl_version_t.major(version)
        + "."
        + dnnl_version_t.minor(version)
        + "."
        + dnnl_version_t.patch(version);
  }

  /** Best instruction set that oneDNN uses here. */
  static String isa() {
    return Dnnl.dnnl_cpu_isa2str(Dnnl.dnnl_get_effective_cpu_isa()).getString(0);
  }

  /** Whether the processor multiplies BF16 in its own instructions. */
  static boolean hasBf16() {
    int needed = Dnnl.dnnl_cpu_isa_avx512_core_bf16();
    return (Dnnl.dnnl_get_effective_cpu_isa() & needed) == needed;
  }

  /** A stream; {@link #destroyStream}. */
  static MemorySegment stream() {
    return created(
        "dnnl_stream_create",
        out -> Dnnl.dnnl_stream_create(out, Shared.ENGINE, Dnnl.dnnl_stream_default_flags()));
  }

  static void destroyStream(MemorySegment stream) {
    check("dnnl_stream_destroy", Dnnl.dnnl_stream_destroy(stream));
  }

  /** The description of a matrix with given strides, in elements; {@link #destroyDescription}. */
  static MemorySegment matrix(Type type, long rows, long columns, long rowStride, long stride) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sizes = arena.allocateFrom(JAVA_LONG, rows, columns);
      MemorySegment strides = arena.allocateFrom(JAVA_LONG, rowStride, stride);
      return created(
          "dnnl_memory_desc_create_with_strides",
          out -> Dnnl.dnnl_memory_desc_create_with_strides(out, 2, sizes, type.code, strides));
    }
  }

  /** The description of a matrix that a primitive may lay out as it likes. */
  static MemorySegment matrixOfAnyLayout(Type type, long rows, long columns) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sizes = arena.allocateFrom(JAVA_LONG, rows, columns);
      return created(
          "dnnl_memory_desc_create_with_tag",
          out ->
              Dnnl.dnnl_memory_desc_create_with_tag(
                  out, 2, sizes, type.code, Dnnl.dnnl_format_tag_any()));
    }
  }

  static void destroyDescription(MemorySegment description) {
    check("dnnl_memory_desc_destroy", Dnnl.dnnl_memory_desc_destroy(description));
  }

  /** Bytes of the memory described. */
  static long size(MemorySegment description) {
    return Dnnl.dnnl_memory_desc_get_size(description);
  }

  /** Memory of that description at an address; {@link #destroyMemory}. */
  static MemorySegment memory(MemorySegment description, MemorySegment data) {
    return created(
        "dnnl_memory_create",
        out -> Dnnl.dnnl_memory_create(out, description, Shared.ENGINE, data));
  }

  /** Moves a memory to another address. */
  static void setData(long memory, long data) {
    try {
      check("dnnl_memory_set_data_handle", (int) Calls.SET_DATA.invokeExact(memory, data));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  static void destroyMemory(MemorySegment memory) {
    check("dnnl_memory_destroy", Dnnl.dnnl_memory_destroy(memory));
  }

  /** dst = src · weights + bias, bias may be NULL; {@link #destroyOperation}. */
  static MemorySegment matmul(
      MemorySegment src, MemorySegment weights, MemorySegment bias, MemorySegment dst) {
    return created(
        "dnnl_matmul_primitive_desc_create",
        out ->
            Dnnl.dnnl_matmul_primitive_desc_create(
                out, Shared.ENGINE, src, weights, bias, dst, Shared.ATTRIBUTES));
  }

  /** Softmax over the columns of each row, the maximum subtracted; {@link #destroyOperation}. */
  static MemorySegment softmax(MemorySegment description) {
    return created(
        "dnnl_softmax_forward_primitive_desc_create",
        out ->
            Dnnl.dnnl_softmax_forward_primitive_desc_create(
                out,
                Shared.ENGINE,
                Dnnl.dnnl_forward_inference(),
                Dnnl.dnnl_softmax_accurate(),
                description,
                description,
                1,
                Shared.ATTRIBUTES));
  }

  /** Copies one layout into another; {@link #destroyOperation}. */
  static MemorySegment reorder(MemorySegment from, MemorySegment to) {
    return created(
        "dnnl_reorder_primitive_desc_create",
        out ->
            Dnnl.dnnl_reorder_primitive_desc_create(
                out, from, Shared.ENGINE, to, Shared.ENGINE, Shared.ATTRIBUTES));
  }

  /**
   * The layout that an operation has chosen for its weights; a copy, {@link #destroyDescription}.
   */
  static MemorySegment weightsOf(MemorySegment operation) {
    MemorySegment weights =
        Dnnl.dnnl_primitive_desc_query_md(operation, Dnnl.dnnl_query_weights_md(), 0);
    return created("dnnl_memory_desc_clone", out -> Dnnl.dnnl_memory_desc_clone(out, weights));
  }

  /** The description of the scratchpad an operation needs; valid while the operation lives. */
  static MemorySegment scratchpadOf(MemorySegment operation) {
    return Dnnl.dnnl_primitive_desc_query_md(operation, Dnnl.dnnl_query_scratchpad_md(), 0);
  }

  static void destroyOperation(MemorySegment operation) {
    check("dnnl_primitive_desc_destroy", Dnnl.dnnl_primitive_desc_destroy(operation));
  }

  /** The compiled operation; {@link #destroyPrimitive}. */
  static MemorySegment primitive(MemorySegment operation) {
    return created("dnnl_primitive_create", out -> Dnnl.dnnl_primitive_create(out, operation));
  }

  static void destroyPrimitive(MemorySegment primitive) {
    check("dnnl_primitive_destroy", Dnnl.dnnl_primitive_destroy(primitive));
  }

  /** The argument list of a primitive, in the arena's memory. */
  static MemorySegment arguments(Arena arena, Map<Argument, MemorySegment> memories) {
    MemorySegment list = dnnl_exec_arg_t.allocateArray(memories.size(), arena);
    int i = 0;
    for (Map.Entry<Argument, MemorySegment> entry : memories.entrySet()) {
      MemorySegment element = dnnl_exec_arg_t.asSlice(list, i++);
      dnnl_exec_arg_t.arg(element, entry.getKey().code);
      dnnl_exec_arg_t.memory(element, entry.getValue());
    }
    return list;
  }

  /** Runs a primitive in this thread; the CPU's in-order stream has finished when it returns. */
  static void execute(long primitive, long stream, int count, long list) {
    try {
      check(
          "dnnl_primitive_execute",
          (int) Calls.EXECUTE.invokeExact(primitive, stream, count, list));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** The two calls of the forward path. */
  private static final class Calls {
    static final MethodHandle SET_DATA =
        AddressCall.ofShort(
            Dnnl.dnnl_memory_set_data_handle$address(),
            Dnnl.dnnl_memory_set_data_handle$descriptor());
    static final MethodHandle EXECUTE =
        AddressCall.of(
            Dnnl.dnnl_primitive_execute$address(), Dnnl.dnnl_primitive_execute$descriptor());

    private Calls() {}
  }

  private static MemorySegment created(String call, ToIntFunction<MemorySegment> create) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      check(call, create.applyAsInt(out));
      return out.get(ADDRESS, 0);
    }
  }

  private static void check(String call, int status) {
    if (status != Dnnl.dnnl_success()) {
      throw new AttnPoolException(
          call,
          "oneDNN returned status "
              + status
              + " ("
              + Dnnl.dnnl_status2str(status).getString(0)
              + ")");
    }
  }
}
