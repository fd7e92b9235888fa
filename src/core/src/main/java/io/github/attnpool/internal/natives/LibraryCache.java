package io.github.attnpool.internal.natives;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Unpacked libraries of this user, one folder for each content: {@code
 * <cache>/<checksum>-<size>/<file>}. A file is there whole or not at all: it is written under a
 * temporary name, checked and renamed, and checked again before each use, so that what a crash or a
 * full disk left behind is replaced. A lock lets one of many starting JVMs unpack while the others
 * wait.
 */
final class LibraryCache {
  /** Property that names the cache folder. */
  static final String PROPERTY = "attnpool.cache";

  private static final int CHUNK = 1 << 17;
  private static final long POLL_MILLIS = 10;

  private final Path root;

  LibraryCache(Path root) {
    this.root = root.toAbsolutePath();
  }

  /** The folder of the property, else of XDG_CACHE_HOME, else ~/.cache/attnpool. */
  static LibraryCache ofUser() {
    String chosen = System.getProperty(PROPERTY);
    if (chosen != null) {
      try {
        return new LibraryCache(Path.of(chosen));
      } catch (InvalidPathException e) {
        throw new LoadFailure("-D" + PROPERTY + " names no path: " + e.getMessage(), true, e);
      }
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path base =
        xdg != null && !xdg.isEmpty()
            ? Path.of(xdg)
            : Path.of(System.getProperty("user.home", "."), ".cache");
    return new LibraryCache(base.resolve("attnpool"));
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
    createPrivateFolder(folder);
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

  private static boolean isWhole(Path file, PackagedLibrary library) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) != library.size()) {
      return false;
    }
    // Read, not mapped: if the file were cut meanwhile, a mapping could kill the JVM. By a stream,
    // which unlike a channel does not close when the thread is interrupted.
    CRC32 crc = new CRC32();
    byte[] chunk = new byte[CHUNK];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        crc.update(chunk, 0, count);
      }
    }
    return crc.getValue() == library.crc32();
  }

  private static void unpack(PackagedLibrary library, Path file) throws IOException {
    Path temporary = Files.createTempFile(file.getParent(), ".unpack-", ".tmp");
    try {
      try (InputStream in = library.open()) {
        Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
      }
      if (!isWhole(temporary, library)) {
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

  private static void createPrivateFolder(Path folder) throws IOException {
    if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(folder);
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
