package io.github.attnpool.cli.run;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.batch.SequencesStream;

/**
 * How much is read and pooled at once.
 *
 * @param rows at most; a multiple of the layer's block, so that results are those of one call
 * @param sequences at most
 */
record ChunkSize(int rows, int sequences) {
  private static final long INPUT_BYTES = 8L << 20;
  private static final long RESULT_BYTES = 4L << 20; // of each kind
  private static final long MAX_ROWS = 1 << 18;
  private static final long MAX_SEQUENCES = 1 << 13;

  /**
   * About 8 MiB of rows, fewer where their results would take much more than that; but one block of
   * rows, and one sequence, at least.
   */
  static ChunkSize of(AttentionPooling layer, SequencesStream in) {
    AttentionParameters parameters = layer.parameters();
    long block = layer.blockRows();
    long rowResults = (long) Float.BYTES * parameters.heads();
    long rows =
        Math.min(MAX_ROWS, Math.min(INPUT_BYTES / in.storedRowBytes(), RESULT_BYTES / rowResults));
    long sequenceResults =
        Float.BYTES
            * Math.max(contextValues(parameters), parameters.logitCount() + in.queryWidth());
    long sequences = Math.min(MAX_SEQUENCES, RESULT_BYTES / sequenceResults);
    return new ChunkSize((int) Math.max(block, rows / block * block), (int) Math.max(1, sequences));
  }

  private static long contextValues(AttentionParameters parameters) {
    return (long) parameters.contexts() * parameters.width();
  }
}
