package io.github.attnpool.internal.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that is deleted if the JVM is ended, by a signal for instance, before this is closed. */
public final class UnfinishedFile implements AutoCloseable {
  private final Thread deletion;

  public UnfinishedFile(Path file) {
    deletion = new Thread(() -> delete(file), "attnpool-unfinished-file");
    try {
      Runtime.getRuntime().addShutdownHook(deletion);
    } catch (IllegalStateException _) {
      // The JVM is ending already: whoever writes now has to delete by himself.
    }
  }

  /** If that fails too, it is the first failure that counts. */
  public static void delete(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException _) {
      // There is nothing left to try.
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(deletion);
    } catch (IllegalStateException _) {
      // The JVM is ending, and the deletion may be running.
    }
  }
}
