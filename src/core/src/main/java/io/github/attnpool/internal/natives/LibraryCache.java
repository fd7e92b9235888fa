package io.github.attnpool.internal.natives;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Unpacked libraries of this user, one folder for each content: {@code <cache>/<digest>/<file>}. A
 * file is there whole or not at all: it is written under a temporary name, checked and renamed, and
 * checked again before each use ({@link CheckedFile}): what is loaded is what is packed, byte for
 * byte by SHA-256, and what a crash or a full disk left behind is replaced. A lock lets one of many
 * starting JVMs unpack while the others wait.
 */
final class LibraryCache {
  private static final long POLL_MILLIS = 10;

  private static final Duration SETTLED = Duration.ofSeconds(2);

  private final Path root;
  private final Duration settled;

  LibraryCache(Path root) {
    this(root, SETTLED);
  }

  LibraryCache(Path root, Duration settled) {
    this.root = root.toAbsolutePath();
    this.settled = settled;
  }

  static LibraryCache ofUser() {
    return new LibraryCache(CacheFolder.ofUser());
  }

  Path root() {
    return root;
  }

  /** The unpacked file of a library, unpacking it if it is missing or damaged. */
  Path unpacked(PackagedLibrary library) throws IOException {
    Path folder = root.resolve(library.key());
    Path file = folder.resolve(library.fileName());
    if (isWhole(file, library)) {
      return file;
    }
    CacheFolder.create(folder);
    try (FileChannel lockFile =
            FileChannel.open(
                folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lock(lockFile)) {
      if (!isWhole(file, library)) {
        if (lock != null) {
          deleteLeftovers(folder);
        }
        unpack(library, file);
      }
    }
    return file;
  }

  /** Whether the very bytes that are packed are there. */
  private boolean isWhole(Path file, PackagedLibrary library) throws IOException {
    return new CheckedFile(file, settled).has(library.digest());
  }

  private static void unpack(PackagedLibrary library, Path file) throws IOException {
    Path temporary = Files.createTempFile(file.getParent(), ".unpack-", ".tmp");
    try {
      try (InputStream in = library.open()) {
        Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
      }
      if (!Digest.of(temporary).equals(library.digest())) {
        throw new IOException("the unpacked file differs from the packed one; is the disk full?");
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Called with the lock held, so every temporary file is of a JVM that died. */
  private static void deleteLeftovers(Path folder) throws IOException {
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, ".unpack-*.tmp")) {
      for (Path leftover : leftovers) {
        Files.deleteIfExists(leftover);
      }
    }
  }

  /**
   * The lock saves work, the rename gives safety: where the file system has no locks, go on without
   * one.
   */
  private static @Nullable FileLock lock(FileChannel channel) {
    while (true) {
      try {
        return channel.lock();
      } catch (OverlappingFileLockException _) {
        // Another class loader of this JVM unpacks; Java does not wait for that by itself.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
      } catch (IOException _) {
        return null;
      }
    }
  }
}
