package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.Output;
import io.github.attnpool.internal.fused.StateLayout;
import io.github.attnpool.spi.EngineInput;
import io.github.attnpool.spi.OutputMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A sequence with more rows than go through the device at once: its rows are added in parts. */
record LongSequence(EngineInput in, int sequence, OutputMemory out, StateLayout layout) {
  /** Writes every output that is wanted. */
  void run(CudaCall call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(layout.bytes(), Long.BYTES);
      layout.clear(state);
      Wanted wanted = Wanted.of(out);
      List<MemorySegment> scores = new ArrayList<>();
      if (wanted.scores()) {
        scores.add(out.scores());
      }
      if (wanted.weights()) {
        scores.add(out.weights()); // which become weights there
      }
      call.add(in, sequence, state, scores);
      if (wanted.pools()) {
        finish(state, call);
      }
      if (wanted.weights()) {
        weigh(state, call);
      }
    }
  }

  private void finish(MemorySegment state, CudaCall call) {
    long context = (long) layout.heads() * layout.width() * Float.BYTES;
    long logits = (long) out.logitCount() * Float.BYTES;
    call.finish(
        state,
        out.has(Output.CONTEXT) ? out.context().asSlice(sequence * context, context) : null,
        out.has(Output.LOGITS) ? out.logits().asSlice(sequence * logits, logits) : null);
  }

  private void weigh(MemorySegment state, CudaCall call) {
    int heads = layout.heads();
    long rows = in.rows().kept().count(sequence);
    for (int head = 0; head < heads; head++) {
      HeadValues values = new HeadResults(in.rows(), sequence, head, heads, out.weights());
      call.weigh(state, head, rows, values);
    }
  }
}
