package io.github.attnpool.internal.zip;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.io.FileLimits;
import io.github.attnpool.internal.io.Shown;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The entries of an archive by name, in the order of its directory.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">the format</a>
 */
public final class ZipEntries implements AutoCloseable {
  private static final int ENTRY = 0x02014b50;
  private static final int ENTRY_BYTES = 46;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int ENCRYPTED = 1;
  private static final long MASK = 0xffff_ffffL; // in place of what a zip64 field says

  private final String operation;
  private final ByteSource file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Inflations inflations = new Inflations();

  private ZipEntries(String operation, ByteSource file) {
    this.operation = operation;
    this.file = file;
  }

  /** As the directory describes it. */
  private record Entry(int flags, int method, long crc, long packed, long size, long local) {}

  /**
   * Reads an archive's directory.
   *
   * @param operation what exceptions begin with
   * @throws AttnPoolException if it is not sound
   */
  public static ZipEntries read(String operation, ByteSource file) throws IOException {
    ZipEntries archive = new ZipEntries(operation, file);
    ByteBuffer directory = ZipDirectory.find(operation, file);
    while (directory.hasRemaining()) {
      archive.add(directory);
    }
    return archive;
  }

  /** Frees what unpacking holds outside the heap. */
  @Override
  public void close() {
    inflations.close();
  }

  /** Returns the entries' names, but for those of folders. */
  public Set<String> names() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  /** Returns whether there is an entry of that name. */
  public boolean contains(String name) {
    return entries.containsKey(name);
  }

  private void add(ByteBuffer directory) {
    if (directory.remaining() < ENTRY_BYTES || directory.getInt(directory.position()) != ENTRY) {
      throw ZipDirectory.bad(operation, "its directory is damaged");
    }
    ByteBuffer fields = ZipDirectory.take(operation, directory, ENTRY_BYTES);
    byte[] name = new byte[Short.toUnsignedInt(fields.getShort(28))];
    ByteBuffer variable =
        ZipDirectory.take(
            operation,
            directory,
            name.length
                + Short.toUnsignedInt(fields.getShort(30))
                + Short.toUnsignedInt(fields.getShort(32)));
    variable.get(name);
    variable.limit(variable.position() + Short.toUnsignedInt(fields.getShort(30)));
    Zip64 sizes =
        new Zip64(
            Integer.toUnsignedLong(fields.getInt(24)),
            Integer.toUnsignedLong(fields.getInt(20)),
            Integer.toUnsignedLong(fields.getInt(42)));
    sizes.read(variable);
    Entry entry =
        new Entry(
            fields.getShort(8),
            Short.toUnsignedInt(fields.getShort(10)),
            Integer.toUnsignedLong(fields.getInt(16)),
            sizes.packed,
            sizes.size,
            sizes.local);
    String text = new String(name, UTF_8);
    if (!text.endsWith("/") && entries.put(text, entry) != null) {
      throw ZipDirectory.bad(operation, "it has two entries '" + Shown.text(text) + "'");
    }
    FileLimits.checkTensors(operation, entries.size());
  }

  /** Sizes and place of an entry, and the field that holds those that are larger than 4 GiB. */
  private static final class Zip64 {
    private static final int ID = 1;
    private long size;
    private long packed;
    private long local;

    Zip64(long size, long packed, long local) {
      this.size = size;
      this.packed = packed;
      this.local = local;
    }

    void read(ByteBuffer extra) {
      while (extra.remaining() >= 4) {
        int id = Short.toUnsignedInt(extra.getShort());
        int length = Short.toUnsignedInt(extra.getShort());
        if (length > extra.remaining()) {
          return; // padding, which is not always well formed
        }
        ByteBuffer field = extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        extra.position(extra.position() + length);
        if (id == ID) {
          size = next(field, size);
          packed = next(field, packed);
          local = next(field, local);
        }
      }
    }

    private static long next(ByteBuffer field, long small) {
      return small == MASK && field.remaining() >= Long.BYTES ? field.getLong() : small;
    }
  }

  /**
   * Returns an entry's bytes.
   *
   * @throws AttnPoolException if there is none of that name, or its place or its size is not sound
   */
  public ByteSource open(String name) throws IOException {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw ZipDirectory.bad(operation, "it has no entry '" + Shown.text(name) + "'");
    }
    if ((entry.flags & ENCRYPTED) != 0) {
      throw bad(name, "is encrypted");
    }
    ByteSource packed = packed(name, entry);
    return switch (entry.method) {
      case 0 -> {
        if (entry.size != entry.packed) {
          throw bad(name, "has two sizes, " + entry.size + " and " + entry.packed + " bytes");
        }
        yield new StoredEntry(packed, new CheckSum(operation, name, entry.size, entry.crc));
      }
      case 8 -> {
        if (entry.size < 0 || entry.size > InflatedEntry.largest(entry.packed)) {
          throw bad(
              name,
              String.format(
                  Locale.ROOT,
                  "would unpack %d bytes to %s, more than %d: is it a bomb? Stored without"
                      + " compression it is read",
                  entry.packed,
                  Long.toUnsignedString(entry.size),
                  InflatedEntry.largest(entry.packed)));
        }
        yield new InflatedEntry(operation, name, packed, entry.size, entry.crc, inflations);
      }
      default ->
          throw bad(
              name,
              "is compressed by method " + entry.method + ", must be stored (0) or deflated (8)");
    };
  }

  /** Behind its local header, whose name and extra field have lengths of their own. */
  private ByteSource packed(String name, Entry entry) throws IOException {
    if (entry.local < 0 || entry.local > file.size() - LOCAL_BYTES) {
      throw bad(name, "begins beyond the end of the file");
    }
    ByteBuffer header =
        ByteBuffer.wrap(file.bytes(entry.local, LOCAL_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    if (header.getInt(0) != LOCAL) {
      throw bad(name, "has no header where the directory says");
    }
    long begin =
        entry.local
            + LOCAL_BYTES
            + Short.toUnsignedInt(header.getShort(26))
            + Short.toUnsignedInt(header.getShort(28));
    if (entry.packed < 0 || begin > file.size() || entry.packed > file.size() - begin) {
      throw bad(
          name,
          "has "
              + Long.toUnsignedString(entry.packed)
              + " bytes, more than the file holds from there on");
    }
    return file.part(begin, entry.packed);
  }

  private AttnPoolException bad(String name, String problem) {
    return ZipDirectory.bad(operation, "its entry '" + Shown.text(name) + "' " + problem);
  }
}
