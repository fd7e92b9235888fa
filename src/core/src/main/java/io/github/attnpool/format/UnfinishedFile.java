package io.github.attnpool.format;

import java.nio.file.Path;

/** A file that is deleted if the JVM is ended, by a signal for instance, before this is closed. */
final class UnfinishedFile implements AutoCloseable {
  private final Thread deletion;

  UnfinishedFile(Path file) {
    deletion = new Thread(() -> SafetensorsWriter.delete(file), "attnpool-unfinished-file");
    try {
      Runtime.getRuntime().addShutdownHook(deletion);
    } catch (IllegalStateException _) {
      // The JVM is ending already: whoever writes now has to delete by himself.
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
