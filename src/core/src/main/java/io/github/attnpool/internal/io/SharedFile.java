package io.github.attnpool.internal.io;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * A file that is open to be read by any thread. Java closes a channel if a thread is interrupted
 * that reads from it; here that thread finishes its reading, stays interrupted, and the others read
 * on.
 */
public final class SharedFile implements AutoCloseable {
  private final Path path;
  private final Identity identity;
  private FileChannel channel;
  private boolean closed;

  /** What tells a file from another one that took its name. */
  private record Identity(Optional<Object> key, long size, FileTime modified) {
    static Identity of(Path path) throws IOException {
      BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
      return new Identity(
          Optional.ofNullable(file.fileKey()), file.size(), file.lastModifiedTime());
    }
  }

  private SharedFile(Path path) throws IOException {
    this.path = path;
    this.identity = Identity.of(path);
    this.channel = FileChannel.open(path, StandardOpenOption.READ);
  }

  /**
   * Opens a file.
   *
   * @throws AttnPoolException if there is no such file, it is not a regular one, or it cannot be
   *     read
   */
  public static SharedFile open(Path path) {
    MappedFile.checkRegular(path);
    try {
      return new SharedFile(path);
    } catch (IOException e) {
      throw new AttnPoolException("read " + path, FileProblem.of(e), e);
    }
  }

  /** Returns all of it, as it is now. */
  public FileRegion region() throws IOException {
    return new FileRegion(this, 0, run(FileChannel::size));
  }

  /** What is done with the channel. */
  interface Use<T> {
    /** Begins anew if the channel was closed in the middle. */
    T run(FileChannel channel) throws IOException;
  }

  <T> T run(Use<T> use) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        FileChannel current = channel();
        try {
          return use.run(current);
        } catch (ClosedChannelException _) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Opened again if an interrupt closed it. */
  private synchronized FileChannel channel() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (!channel.isOpen()) {
      FileChannel again = FileChannel.open(path, StandardOpenOption.READ);
      if (!identity.equals(Identity.of(path))) {
        again.close();
        throw new AttnPoolException("read " + path, "the file was changed while it was read");
      }
      channel = again;
    }
    return channel;
  }

  AttnPoolException cut() {
    return new AttnPoolException("read " + path, "the file was cut short while it was read");
  }

  /** Closes it. Closing twice does nothing. */
  @Override
  public synchronized void close() {
    closed = true;
    try {
      channel.close();
    } catch (IOException e) {
      throw new AttnPoolException("close " + path, FileProblem.of(e), e);
    }
  }
}
