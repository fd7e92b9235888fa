package io.github.attnpool.internal.natives;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folder to which this user's libraries are unpacked: that of a property, else of
 * XDG_CACHE_HOME, else ~/.cache/attnpool. For a user without a home it is a folder in the temporary
 * folder, which nobody else can use.
 */
final class CacheFolder {
  /** Property that names the folder. */
  static final String PROPERTY = "attnpool.cache";

  private static final String VARIABLE = "XDG_CACHE_HOME";
  private static final String NAME = "attnpool";
  private static final String REMEDY =
      "; set -D" + PROPERTY + "=DIR to a folder that can be written";
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private CacheFolder() {}

  /**
   * Returns the folder, which need not be there yet.
   *
   * @throws LoadFailure if what names it is no path, or there is none
   */
  static Path ofUser() {
    String chosen = System.getProperty(PROPERTY);
    if (chosen != null) {
      return named(chosen);
    }
    return shared(System.getenv(VARIABLE))
        .or(CacheFolder::inHome)
        .orElseGet(CacheFolder::inTemporary);
  }

  private static Path named(String folder) {
    if (folder.isEmpty()) {
      throw new LoadFailure("-D" + PROPERTY + " is empty, must name a folder", true, null);
    }
    try {
      return Path.of(folder).toAbsolutePath();
    } catch (InvalidPathException e) {
      throw new LoadFailure("-D" + PROPERTY + " names no path: " + e.getMessage(), true, e);
    }
  }

  /** A relative path does not count, as its specification says. */
  private static Optional<Path> shared(@Nullable String folder) {
    if (folder == null || folder.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Path.of(folder)).filter(Path::isAbsolute).map(each -> each.resolve(NAME));
    } catch (InvalidPathException e) {
      throw new LoadFailure(
          "environment variable " + VARIABLE + " names no path: " + e.getMessage() + REMEDY,
          false,
          e);
    }
  }

  private static Optional<Path> inHome() {
    try {
      return Optional.ofNullable(System.getProperty("user.home"))
          .map(Path::of)
          .filter(home -> home.isAbsolute() && Files.isDirectory(home))
          .map(home -> home.resolve(".cache").resolve(NAME));
    } catch (InvalidPathException _) { // Java names it ? for a user that the system does not know
      return Optional.empty();
    }
  }

  private static Path inTemporary() {
    try {
      Path base = Path.of(System.getProperty("java.io.tmpdir", "")).toAbsolutePath();
      return privateFolder(base);
    } catch (IOException | InvalidPathException e) {
      throw new LoadFailure(
          "there is no home folder and no temporary one: " + e + REMEDY, false, e);
    }
  }

  /** Others may write to the temporary folder, so a folder that is there already is not trusted. */
  private static Path privateFolder(Path base) throws IOException {
    Path probe = Files.createTempFile(base, NAME, ".tmp");
    try {
      if (!isPosix(probe)) {
        return base.resolve(NAME);
      }
      UserPrincipal me = Files.getOwner(probe);
      Path folder = base.resolve(NAME + "-" + Files.getAttribute(probe, "unix:uid"));
      try {
        Files.createDirectory(folder, forMeAlone());
      } catch (FileAlreadyExistsException _) {
        // Looked at below.
      }
      PosixFileAttributes found =
          Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!found.isDirectory()
          || !found.owner().equals(me)
          || !found.permissions().equals(PRIVATE)) {
        throw new IOException(folder + " is not a folder that this user alone can use");
      }
      return folder;
    } finally {
      Files.delete(probe);
    }
  }

  /** Makes a folder and those above it, for this user alone where the file system can. */
  static void create(Path folder) throws IOException {
    Files.createDirectories(
        folder, isPosix(folder) ? new FileAttribute<?>[] {forMeAlone()} : new FileAttribute<?>[0]);
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static FileAttribute<Set<PosixFilePermission>> forMeAlone() {
    return PosixFilePermissions.asFileAttribute(PRIVATE);
  }
}
