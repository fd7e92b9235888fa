package io.github.attnpool.cli.run;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.batch.RowChunk;
import io.github.attnpool.batch.SequencesStream;
import java.lang.foreign.Arena;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Reads the chunks of a stream one ahead: while one is used, a thread reads the next. */
final class Prefetch implements AutoCloseable {
  private final SequencesStream in;
  private final ExecutorService reader;
  private RowChunk used;
  private RowChunk filled;
  private Future<Boolean> filling;

  /**
   * @param arena owner of the two chunks' memory, which any thread may use; closed after this
   */
  Prefetch(SequencesStream in, ChunkSize size, Arena arena) {
    this.in = in;
    this.used = in.newChunk(size.rows(), size.sequences(), arena);
    this.filled = in.newChunk(size.rows(), size.sequences(), arena);
    this.reader =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("attnpool-reader").factory());
    this.filling = fill(filled);
  }

  private Future<Boolean> fill(RowChunk chunk) {
    return reader.submit(() -> in.read(chunk));
  }

  /** The next chunk, valid until the next call; null after the last. */
  @Nullable RowChunk next() {
    if (!await(filling)) {
      return null;
    }
    RowChunk next = filled;
    filled = used;
    used = next;
    filling = fill(filled);
    return next;
  }

  private static boolean await(Future<Boolean> filling) {
    try {
      return filling.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof RuntimeException failure) {
        throw failure;
      }
      if (cause instanceof Error failure) {
        throw failure;
      }
      throw new AttnPoolException("read", String.valueOf(cause), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AttnPoolException("read", "the thread was interrupted", e);
    }
  }

  /** Waits for the reading thread to end. */
  @Override
  public void close() {
    reader.close();
  }
}
