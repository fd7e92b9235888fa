package io.github.attnpool.cli.run;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.batch.RowChunk;
import io.github.attnpool.internal.results.EmptyResult;
import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.Set;

/** Pools chunks of whole sequences, each chunk as one batch. */
final class WholeSequences {
  private final AttentionPooling layer;
  private final EmptyResult empty;
  private final ResultRegions results;
  private final Outputs out;

  /**
   * @param policy the layer's
   * @param arena owner of the memory for a chunk's outputs
   */
  WholeSequences(
      AttentionPooling layer,
      EmptySequencePolicy policy,
      ResultRegions results,
      ChunkSize size,
      Arena arena) {
    this.layer = layer;
    this.empty = new EmptyResult(policy);
    this.results = results;
    Set<Output> wanted = results.outputs();
    this.out =
        layer.allocate(
            size.sequences(),
            size.rows(),
            arena,
            wanted.isEmpty() ? EnumSet.of(Output.CONTEXT) : wanted);
  }

  /**
   * Pools all sequences of a chunk.
   *
   * @throws AttnPoolException if one without rows is refused by the policy, or its rows are all
   *     masked and would get uniform weights
   */
  void pool(RowChunk chunk) {
    checkEmpty(chunk);
    layer.forward(chunk.view(), out);
    if (results.has(Output.CONTEXT)) {
      results.write(Output.CONTEXT, chunk.firstSequence(), out.context());
    }
    if (results.has(Output.LOGITS)) {
      results.write(Output.LOGITS, chunk.firstSequence(), out.logits());
    }
    if (results.has(Output.SCORES)) {
      float none = Float.NEGATIVE_INFINITY;
      results.writePositions(Output.SCORES, chunk, out.scores(), none, none);
    }
    if (results.has(Output.WEIGHTS)) {
      results.writePositions(Output.WEIGHTS, chunk, out.weights(), 0, empty.value());
    }
  }

  private void checkEmpty(RowChunk chunk) {
    for (int i = 0; i < chunk.sequences(); i++) {
      if (chunk.rows(i) == 0) {
        int sequence = chunk.firstSequence() + i;
        empty.check("forward", "sequence " + sequence); // by its number in the file, not here
        if (empty.isMean() && chunk.to(i) > chunk.from(i)) {
          throw new AttnPoolException(
              "run",
              "all rows of sequence "
                  + sequence
                  + " are masked; with --stream they cannot have uniform weights");
        }
      }
    }
  }
}
