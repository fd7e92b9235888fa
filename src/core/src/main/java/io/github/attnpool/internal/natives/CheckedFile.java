package io.github.attnpool.internal.natives;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Compares a file with a digest. To read 90 MB at every start would take a tenth of a second. So a
 * note beside the file says which digest it had, and what the file system said of it then: device,
 * number, size and time of the last change, which the system sets whenever a byte is written and no
 * program can set back. If all that is as it was, so are the bytes. A note counts only where nobody
 * else can have written it: in a folder and of a file that are this user's, and that others may not
 * write to. Everywhere else the file is read.
 */
final class CheckedFile {
  private static final String NOTE = ".checked";
  private static final int OTHERS_MAY_WRITE = 022; // mode bits
  private static final int MAX_NOTE = 256; // bytes

  private final Path file;
  private final Duration settled;

  /**
   * @param settled how long ago the last change must be before a note is left: two changes within
   *     one tick of the file system's clock would look like one
   */
  CheckedFile(Path file, Duration settled) {
    this.file = file;
    this.settled = settled;
  }

  /** Whether these very bytes are there. */
  boolean has(Digest digest) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    Optional<State> before = state();
    Path note = file.resolveSibling(file.getFileName() + NOTE);
    if (before.isPresent() && before.get().note(digest).equals(read(note))) {
      return true;
    }
    if (!Digest.of(file).equals(digest)) {
      return false;
    }
    if (before.isPresent() && before.equals(state()) && before.get().isOlderThan(settled)) {
      leave(note, before.get().note(digest));
    }
    return true;
  }

  private static String read(Path note) {
    try (InputStream in = Files.newInputStream(note, LinkOption.NOFOLLOW_LINKS)) {
      return new String(in.readNBytes(MAX_NOTE), ISO_8859_1);
    } catch (IOException _) {
      return "";
    }
  }

  /** Without it the next start takes longer, and that is all. */
  private static void leave(Path note, String text) {
    try {
      Path temporary = Files.createTempFile(note.getParent(), ".unpack-", ".tmp");
      try {
        Files.writeString(temporary, text, ISO_8859_1);
        Files.move(temporary, note, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException _) {
      // The folder is read-only, or the disk is full.
    }
  }

  /** Returns what the file system says of the file, if a note about it can be trusted. */
  private Optional<State> state() {
    try {
      Object me = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      State found = State.of(file, me);
      boolean mine = found.isMineAlone() && State.of(file.resolveSibling(""), me).isMineAlone();
      return mine ? Optional.of(found) : Optional.empty();
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException _) {
      return Optional.empty(); // not a system with such attributes
    }
  }

  private record State(String text, FileTime changed, boolean isMineAlone) {
    static State of(Path path, Object me) throws IOException {
      Map<String, Object> found =
          Files.readAttributes(path, "unix:dev,ino,size,ctime,uid,mode", LinkOption.NOFOLLOW_LINKS);
      FileTime changed = (FileTime) Objects.requireNonNull(found.get("ctime"));
      int mode = (int) Objects.requireNonNull(found.get("mode"));
      return new State(
          found.get("dev")
              + " "
              + found.get("ino")
              + " "
              + found.get("size")
              + " "
              + changed.toInstant(),
          changed,
          me.equals(found.get("uid")) && (mode & OTHERS_MAY_WRITE) == 0);
    }

    boolean isOlderThan(Duration age) {
      return changed.toInstant().plus(age).isBefore(Instant.now());
    }

    String note(Digest digest) {
      return digest.hex() + " " + text;
    }
  }
}
