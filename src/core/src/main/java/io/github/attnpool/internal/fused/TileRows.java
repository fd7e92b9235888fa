package io.github.attnpool.internal.fused;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.ElementType;
import io.github.attnpool.internal.rows.InPlace;
import io.github.attnpool.internal.rows.RowReader;
import io.github.attnpool.internal.rows.RunCursor;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Where a tile's rows lie: in x itself if they can be used as they are, otherwise in a copy that
 * stays in the cache. Copied are rows with gaps between them, of another element type than the
 * arithmetic takes, on the heap, and of a memory-mapped file: that may be cut while it is read,
 * which Java survives and native code does not. One for each thread.
 */
final class TileRows {
  private static final long ALIGNMENT = 64;

  private final TileProgram program;
  private final TileMath math;
  private final int width;
  private final Arena arena;
  private final RunCursor runs = new RunCursor();
  private RowBatch in = RowBatch.NONE;
  private boolean usable; // as they are, where no masked rows lie between them
  private boolean takenType;
  private boolean byAddress; // whether native code may read x
  private MemorySegment copy = MemorySegment.NULL; // of a tile, once a tile is copied
  private float[] row = {};
  private MemorySegment segment = MemorySegment.NULL;
  private long offset;

  TileRows(TileProgram program, TileMath math, int width, Arena arena) {
    this.program = program;
    this.math = math;
    this.width = width;
    this.arena = arena;
  }

  void start(RowBatch in) {
    this.in = in;
    MemorySegment x = in.x();
    takenType = program.takes(in.type());
    byAddress = InPlace.allowedFor(in);
    usable =
        takenType
            && in.pitch() == width
            && (byAddress || (!x.isMapped() && !program.needsNativeMemory()));
  }

  /** Drops what belongs to the caller. */
  void stop() {
    in = RowBatch.NONE;
    segment = MemorySegment.NULL;
    runs.stop();
  }

  /** The type in which tiles come. */
  ElementType type() {
    return takenType ? in.type() : ElementType.F32;
  }

  /** Bytes from one row of a tile to the next. */
  private long rowBytes() {
    return (long) width * type().bytes();
  }

  /** Finds the rows of a tile; {@link #segment} and {@link #offset} then say where they are. */
  void locate(Tile tile) {
    runs.start(in.kept(), tile.row, tile.rows);
    runs.next();
    if (usable && runs.isLast()) {
      segment = in.x();
      offset = runs.position() * rowBytes();
    } else {
      gather(tile);
      segment = copy;
      offset = 0;
    }
  }

  /** Tells the arithmetic where the rows of the next tile lie, if it will read them in place. */
  void expect(Tile next) {
    if (usable && byAddress) {
      runs.start(in.kept(), next.row, next.rows);
      runs.next();
      if (runs.isLast()) {
        math.expect(in.x(), runs.position() * rowBytes(), next.rows * rowBytes());
      }
    }
  }

  MemorySegment segment() {
    return segment;
  }

  long offset() {
    return offset;
  }

  private void gather(Tile tile) {
    if (row.length == 0) {
      copy = arena.allocate((long) program.tileRows() * width * Float.BYTES, ALIGNMENT);
      row = new float[width];
    }
    for (runs.start(in.kept(), tile.row, tile.rows); runs.next(); ) {
      copyRows(runs.position(), runs.rows(), (runs.row() - tile.row) * rowBytes());
    }
  }

  private void copyRows(long position, long rows, long to) {
    long pitch = in.pitch() * in.type().bytes();
    long from = position * pitch;
    if (!takenType) {
      if (!byAddress || !math.widen(in.type(), in.x(), from, rows, in.pitch(), copy, to)) {
        convertRows(position, rows, to);
      }
    } else if (byAddress) {
      math.copyRows(in.x(), from, pitch, rows, rowBytes(), copy, to);
    } else {
      copyInJava(from, pitch, rows, to);
    }
  }

  private void copyInJava(long from, long pitch, long rows, long to) {
    if (pitch == rowBytes()) {
      MemorySegment.copy(in.x(), from, copy, to, rows * pitch);
      return;
    }
    for (long i = 0; i < rows; i++) {
      MemorySegment.copy(in.x(), from + i * pitch, copy, to + i * rowBytes(), rowBytes());
    }
  }

  private void convertRows(long position, long rows, long to) {
    RowReader reader = new RowReader(in);
    for (long i = 0; i < rows; i++) {
      reader.read(position + i, row);
      MemorySegment.copy(row, 0, copy, JAVA_FLOAT, to + i * rowBytes(), width);
    }
  }
}
