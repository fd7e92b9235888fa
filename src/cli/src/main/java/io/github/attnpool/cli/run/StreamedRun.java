package io.github.attnpool.cli.run;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.PoolingState;
import io.github.attnpool.Sequences;
import io.github.attnpool.batch.RowChunk;
import io.github.attnpool.batch.SequencesStream;
import io.github.attnpool.format.PartsWriter;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Pools a file in chunks. Sequences that fit into one are pooled as a batch; of a longer one, each
 * chunk is added to a {@link PoolingState}. Either way the results are the bits of one call.
 */
public final class StreamedRun {
  private final AttentionPooling layer;
  private final SequencesStream in;
  private final EmptySequencePolicy policy;
  private final ChunkSize size;
  private final Garbage garbage = new Garbage();

  private ResultRegions results;
  private Set<Output> pooled; // what is asked of the layer for whole sequences
  private ReusedArena room; // for that
  private MemorySegment scores; // of a part
  private PoolingState state; // of the sequence that is not at its end
  private long begin; // position of that sequence's first row

  /**
   * @param policy the layer's, for sequences without rows
   * @throws AttnPoolException if the layer's plan wants sequences whole
   */
  public StreamedRun(AttentionPooling layer, SequencesStream in, EmptySequencePolicy policy) {
    this(layer, in, policy, ChunkSize.of(layer, in));
  }

  /** For tests too, which want small chunks. */
  StreamedRun(
      AttentionPooling layer, SequencesStream in, EmptySequencePolicy policy, ChunkSize size) {
    this.layer = layer;
    this.in = in;
    this.policy = policy;
    this.size = size;
  }

  /**
   * Reads the file once and writes the results.
   *
   * @param files where the wanted results have room, by name
   * @param err where progress is shown, if it is a terminal
   * @return kept rows
   */
  public long run(Map<Output, PartsWriter> files, PrintWriter err) {
    try (Arena arena = Arena.ofShared(); // the layer's threads must reach it
        Prefetch chunks = new Prefetch(in, size, arena);
        ProgressBar progress = new ProgressBar(err, in.positions(), in.storedRowBytes())) {
      results = new ResultRegions(files, in, layer.parameters(), arena);
      pooled = files.isEmpty() ? EnumSet.of(Output.CONTEXT) : files.keySet();
      room = new ReusedArena(size.resultBytes(layer.parameters()), arena);
      if (results.hasPositions()) {
        long values = (long) size.rows() * layer.parameters().heads();
        scores = arena.allocate(values * Float.BYTES, Float.BYTES);
      }
      long rows = 0;
      for (RowChunk chunk = chunks.next(); chunk != null; chunk = chunks.next()) {
        if (chunk.begins() && chunk.ends()) {
          pool(chunk);
        } else {
          add(chunk);
        }
        garbage.chunk(chunk, layer.parameters(), in.queryWidth());
        rows += chunk.rows();
        progress.show(chunk.to(chunk.sequences() - 1));
      }
      results.flush();
      return rows;
    }
  }

  private void pool(RowChunk chunk) {
    checkEmpty(chunk);
    Sequences view = chunk.view();
    room.clear();
    Outputs out = layer.allocate(view, room, pooled);
    layer.forward(view, out);
    for (Output output : EnumSet.of(Output.CONTEXT, Output.LOGITS)) {
      if (results.has(output)) {
        results.write(output, chunk.firstSequence(), out.get(output));
      }
    }
    if (results.has(Output.SCORES)) {
      float none = Float.NEGATIVE_INFINITY;
      results.writePositions(Output.SCORES, chunk, out.scores(), none, none);
    }
    if (results.has(Output.WEIGHTS)) {
      float empty = policy == EmptySequencePolicy.NAN ? Float.NaN : 0;
      results.writePositions(Output.WEIGHTS, chunk, out.weights(), 0, empty);
    }
  }

  private void checkEmpty(RowChunk chunk) {
    for (int i = 0; i < chunk.sequences(); i++) {
      if (chunk.rows(i) == 0) {
        int sequence = chunk.firstSequence() + i;
        if (policy == EmptySequencePolicy.ERROR) {
          throw new AttnPoolException(
              "forward", "sequence " + sequence + " has no rows, must have at least one");
        }
        if (policy == EmptySequencePolicy.UNIFORM && chunk.to(i) > chunk.from(i)) {
          throw new AttnPoolException(
              "run",
              "all rows of sequence "
                  + sequence
                  + " are masked; with --stream they cannot have uniform weights");
        }
      }
    }
  }

  private void add(RowChunk chunk) {
    if (chunk.begins()) {
      state = layer.newState();
      begin = chunk.from(0);
    }
    if (results.hasPositions()) {
      long values = (long) chunk.rows() * layer.parameters().heads();
      MemorySegment found = scores.asSlice(0, values * Float.BYTES);
      state.add(chunk.view(), found);
      if (results.has(Output.SCORES)) {
        float none = Float.NEGATIVE_INFINITY;
        results.writePositions(Output.SCORES, chunk, found, none, none);
      }
      if (results.has(Output.WEIGHTS)) {
        results.writePositions(Output.WEIGHTS, chunk, found, 0, 0);
      }
    } else {
      state.add(chunk.view());
    }
    if (chunk.ends()) {
      finish(chunk);
    }
  }

  private void finish(RowChunk chunk) {
    int sequence = chunk.firstSequence();
    if (results.has(Output.CONTEXT)) {
      results.write(Output.CONTEXT, sequence, MemorySegment.ofArray(state.context()));
    }
    if (results.has(Output.LOGITS)) {
      results.write(Output.LOGITS, sequence, MemorySegment.ofArray(state.logits()));
    }
    if (results.has(Output.WEIGHTS)) {
      int last = chunk.firstRun(1) - 1;
      long end = chunk.runPosition(last) + chunk.runRows(last);
      results.weigh(sequence, begin, end, state);
    }
    state = null;
    garbage.state(layer.parameters());
  }
}
