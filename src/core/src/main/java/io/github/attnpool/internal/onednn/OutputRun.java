package io.github.attnpool.internal.onednn;

import io.github.attnpool.internal.kernels.NativeKernels;
import java.lang.foreign.Arena;

/** From contexts to logits. Of one thread. */
final class OutputRun implements TilePart {
  private static final long CHUNK = 64; // heads whose products are in the cache at once

  private final NativeOutput output;
  private final FewRows steps;
  private final long products; // [CHUNK, width]
  private final long values; // [R], where steps follow the map per head
  private final long work; // scratch of the kernel

  OutputRun(NativeOutput output, Arena arena) {
    this.output = output;
    NativeArrays memory = new NativeArrays(arena);
    boolean perHead = output.hasMapPerHead();
    this.products = memory.scratch(perHead ? CHUNK * output.contextWidth() : 0, Float.BYTES);
    this.values = memory.scratch(perHead ? output.contexts() : 0, Float.BYTES);
    this.work = memory.scratch(output.sum().workFloats(), Float.BYTES);
    this.steps = new FewRows(output.steps(), arena);
  }

  /**
   * Writes logits, F32.
   *
   * @param contexts address of [batch, R, width]
   * @param logits address of [batch, O]
   */
  void run(long contexts, long batch, long logits) {
    if (!output.hasMapPerHead()) {
      steps.run(contexts, batch, logits);
      return;
    }
    long contextBytes = (long) output.contexts() * output.contextWidth() * Float.BYTES;
    long logitBytes = (long) output.steps().width() * Float.BYTES;
    for (long b = 0; b < batch; b++) {
      long own = logits + b * logitBytes;
      if (output.steps().isEmpty()) {
        perHead(contexts + b * contextBytes, own);
      } else {
        perHead(contexts + b * contextBytes, values);
        steps.run(values, 1, own);
      }
    }
  }

  /** F_r·c_r + g_r: products, their sums, and the bias. */
  private void perHead(long contexts, long to) {
    long width = output.contextWidth();
    for (long head = 0; head < output.contexts(); head += CHUNK) {
      long some = Math.min(CHUNK, output.contexts() - head);
      long offset = head * width * Float.BYTES;
      NativeKernels.copy(contexts + offset, some * width * Float.BYTES, products);
      NativeKernels.multiply(products, some, width, width, output.perHead() + offset, width, 0);
      long at = to + head * Float.BYTES;
      NativeKernels.score(output.sum(), products, some, 0, work, at, some, 0, 0);
    }
    NativeKernels.add(to, 1, output.contexts(), output.contexts(), output.perHeadBias(), 0, 1);
  }

  @Override
  public void close() {
    steps.close();
  }
}
