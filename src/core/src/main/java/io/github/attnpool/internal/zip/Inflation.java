package io.github.attnpool.internal.zip;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.Shown;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Unpacks one entry, in order. */
final class Inflation {
  private static final int BUFFER = 1 << 15;
  private static final int PIECE = 1 << 30; // a ByteBuffer holds at most 2 GiB

  private final InflatedEntry entry;
  private final CheckSum sum;
  private final Inflater inflater = new Inflater(true);
  private final byte[] input;
  private long fed; // packed bytes given to the inflater
  private long position; // unpacked bytes got from it

  Inflation(InflatedEntry entry) {
    this.entry = entry;
    this.sum = new CheckSum(entry.operation(), entry.name(), entry.size(), entry.crc());
    this.input = new byte[(int) Math.min(BUFFER, entry.packed().size())];
  }

  void read(long offset, MemorySegment target) throws IOException {
    if (offset < position) {
      inflater.reset();
      sum.reset();
      fed = 0;
      position = 0;
    }
    skip(offset);
    for (long done = 0; done < target.byteSize(); done += PIECE) {
      inflate(target.asSlice(done, Math.min(PIECE, target.byteSize() - done)).asByteBuffer());
    }
  }

  private void skip(long offset) throws IOException {
    byte[] skipped = new byte[(int) Math.min(BUFFER, offset - position)];
    while (position < offset) {
      int length = (int) Math.min(skipped.length, offset - position);
      inflate(ByteBuffer.wrap(skipped, 0, length));
    }
  }

  private void inflate(ByteBuffer target) throws IOException {
    try {
      while (target.hasRemaining()) {
        int from = target.position();
        int got = inflater.inflate(target);
        position += got;
        sum.saw(target.duplicate().flip().position(from));
        if (got == 0) {
          feed();
        }
      }
    } catch (DataFormatException _) {
      position = Long.MAX_VALUE; // so that the next reading begins anew
      throw bad("is damaged");
    } catch (AttnPoolException e) {
      position = Long.MAX_VALUE;
      throw e;
    }
  }

  private void feed() throws IOException {
    long left = entry.packed().size() - fed;
    if (inflater.finished() || inflater.needsDictionary() || left == 0) {
      throw bad("is shorter than the " + entry.size() + " bytes that the directory says");
    }
    int length = (int) Math.min(input.length, left);
    entry.packed().read(fed, MemorySegment.ofArray(input).asSlice(0, length));
    inflater.setInput(input, 0, length);
    fed += length;
  }

  void end() {
    inflater.end();
  }

  private AttnPoolException bad(String problem) {
    return new AttnPoolException(
        entry.operation(), "its entry '" + Shown.text(entry.name()) + "' " + problem);
  }
}
