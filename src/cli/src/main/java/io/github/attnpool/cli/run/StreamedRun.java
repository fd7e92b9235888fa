package io.github.attnpool.cli.run;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.Output;
import io.github.attnpool.batch.RowChunk;
import io.github.attnpool.batch.SequencesStream;
import io.github.attnpool.format.PartsWriter;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.util.Map;

/**
 * Pools a file in chunks. Sequences that fit into one are pooled as a batch; of a longer one, each
 * chunk is added to a pooling state. Either way the results are the bits of one call. All memory is
 * allocated at the start and used for every chunk.
 */
final class StreamedRun {
  private final AttentionPooling layer;
  private final SequencesStream in;
  private final EmptySequencePolicy policy;
  private final ChunkSize size;

  /**
   * @param policy the layer's, for sequences without rows
   * @throws AttnPoolException if the layer's plan needs all rows of a sequence at once
   */
  StreamedRun(AttentionPooling layer, SequencesStream in, EmptySequencePolicy policy) {
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
   * Reads the file once and writes the outputs.
   *
   * @param files where each wanted output has room
   * @param err where progress is shown, if it is a terminal
   * @return kept rows
   */
  long run(Map<Output, PartsWriter> files, PrintWriter err) {
    try (Arena arena = Arena.ofShared(); // the layer's threads must reach it
        Prefetch chunks = new Prefetch(in, size, arena);
        ProgressBar progress = new ProgressBar(err, in.positions(), in.storedRowBytes())) {
      ResultRegions results = new ResultRegions(files, in, layer.parameters(), arena);
      WholeSequences whole = new WholeSequences(layer, policy, results, size, arena);
      try (LongSequences parts = new LongSequences(layer, results, size, arena)) {
        long rows = 0;
        for (RowChunk chunk = chunks.next(); chunk != null; chunk = chunks.next()) {
          if (chunk.begins() && chunk.ends()) {
            whole.pool(chunk);
          } else {
            parts.add(chunk);
          }
          rows += chunk.rows();
          progress.show(chunk.to(chunk.sequences() - 1));
        }
        results.flush();
        return rows;
      }
    }
  }
}
