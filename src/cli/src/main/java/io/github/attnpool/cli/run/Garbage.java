package io.github.attnpool.cli.run;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.batch.RowChunk;

/**
 * Has the JVM collect garbage before there is much of it. Left alone, it waits until the young
 * generation is full, which on a large machine is a gigabyte; and a pooling state's native memory,
 * which is freed with the object, does not make it hurry.
 */
final class Garbage {
  private static final long MOST_BYTES = 16L << 20;
  private static final long CHUNK_BYTES = 2048; // of small objects, as measured, and some more
  private static final long SEQUENCE_BYTES = 32; // in a chunk's arrays of offsets

  private long bytes;

  /** A chunk has been pooled. */
  void chunk(RowChunk chunk, AttentionParameters parameters, int queryWidth) {
    long sequence = SEQUENCE_BYTES + (long) queryWidth * Float.BYTES;
    long context = (long) parameters.width() * Float.BYTES; // made for a sequence without rows
    long empty = 0;
    for (int i = 0; i < chunk.sequences(); i++) {
      empty += chunk.rows(i) == 0 ? SEQUENCE_BYTES + context : 0;
    }
    add(CHUNK_BYTES + chunk.sequences() * sequence + empty);
  }

  /** A pooling state is no longer needed: two copies of the sums of each head. */
  void state(AttentionParameters parameters) {
    add(2L * Double.BYTES * parameters.heads() * (parameters.width() + 2L));
  }

  private void add(long more) {
    bytes += more;
    if (bytes > MOST_BYTES) {
      System.gc();
      bytes = 0;
    }
  }
}
