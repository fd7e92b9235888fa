package io.github.attnpool.internal.onednn;

/**
 * Memory for what is between the steps of stages, by address. One for each thread; its stages share
 * it, since they run one after another.
 *
 * @param rows most rows
 * @param first F32 [rows, widest]
 * @param second F32 [rows, widest]
 * @param rounded BF16 [rows, widest]
 */
record StageScratch(int rows, long first, long second, long rounded) {
  static StageScratch of(NativeArrays memory, int rows, long widest) {
    return new StageScratch(
        rows,
        memory.scratch(rows * widest, Float.BYTES),
        memory.scratch(rows * widest, Float.BYTES),
        memory.scratch(rows * widest, Short.BYTES));
  }
}
