package io.github.attnpool.internal.zip;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The entries of an archive that are being unpacked. Few at a time, so that their memory is bounded
 * however many there are; more than one, so that some can be read in turns.
 */
final class Inflations implements AutoCloseable {
  private static final int MOST = 8;

  /** The one used last at the end. */
  private final Map<InflatedEntry, Inflation> open = new LinkedHashMap<>(16, 0.75f, true);

  private boolean closed;

  synchronized void read(InflatedEntry entry, long offset, MemorySegment target)
      throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    Inflation inflation = open.get(entry);
    if (inflation == null) {
      if (open.size() == MOST) {
        open.remove(open.keySet().iterator().next()).end();
      }
      inflation = new Inflation(entry);
      open.put(entry, inflation);
    }
    inflation.read(offset, target);
  }

  /** Frees what unpacking holds outside the heap; nothing is unpacked afterwards. */
  @Override
  public synchronized void close() {
    closed = true;
    open.values().forEach(Inflation::end);
    open.clear();
  }
}
