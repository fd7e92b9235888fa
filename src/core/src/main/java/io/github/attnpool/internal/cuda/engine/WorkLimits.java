package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Plan;
import io.github.attnpool.internal.cuda.kernels.KernelLibrary;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.internal.maps.EffectiveMaps;
import io.github.attnpool.internal.maps.PlainLayer;

/**
 * How much goes through the device at once, so that memory stays bounded however large a batch is.
 *
 * @param chunkRows most rows of a chunk, so that hidden units of two stay in the L2 cache; a
 *     multiple of a tile's
 * @param pieceRows kept rows of a piece; a multiple of a tile's
 * @param pieceTiles tiles of a piece
 * @param pieceSequences sequences of a piece
 */
public record WorkLimits(long chunkRows, long pieceRows, long pieceTiles, long pieceSequences) {
  /** Property: bytes of device memory for intermediates of one call, apart from chunks of rows. */
  public static final String WORKSPACE_PROPERTY = "attnpool.cuda.workspace";

  /** Property: rows of a chunk. */
  public static final String CHUNK_PROPERTY = "attnpool.cuda.chunkRows";

  private static final long WORKSPACE = 64L << 20;
  private static final long MAX_CHUNK = 1 << 16;
  private static final int PARTS_OF_L2 = 4; // two chunks, and as much for weights and scores

  public static WorkLimits of(DeviceParameters resident, Plan plan, long l2) {
    PlainLayer parameters = resident.source();
    long row = bytesOfRow(parameters, resident.type());
    long chunk = property(CHUNK_PROPERTY, wholeWaves(l2 / PARTS_OF_L2 / row, resident.waveRows()));
    long workspace = property(WORKSPACE_PROPERTY, WORKSPACE);
    long heads = parameters.heads();
    // A quarter each for scores, states of tiles, states and contexts, and tables and biases.
    long quarter = workspace / 4;
    long tiles = quarter / (heads * (parameters.width() + 2L) * Float.BYTES);
    long sequences =
        quarter
            / (heads * (parameters.width() + 4L) * Float.BYTES
                + (parameters.units() + parameters.queryWidth() + parameters.logitCount() + 8L)
                    * Float.BYTES);
    // The staged plan keeps rows and hidden units of a whole piece.
    long rows = plan == Plan.STAGED ? 4 * workspace / row : quarter / (heads * Float.BYTES);
    return new WorkLimits(
        wholeTiles(Math.min(chunk, MAX_CHUNK)),
        wholeTiles(rows),
        Math.max(1, tiles),
        Math.max(1, sequences));
  }

  /**
   * Returns the bytes of a row, its hidden units and what is between, with x of the widest type.
   */
  private static long bytesOfRow(PlainLayer parameters, GpuType type) {
    long units = EffectiveMaps.rowUnits(parameters);
    long projected =
        parameters.projection().isPresent()
            ? (long) parameters.width() * (Float.BYTES + type.bytes())
            : 0;
    return parameters.inputWidth() * (long) type.bytes() + projected + units * Float.BYTES;
  }

  /** Rounds to whole waves, at least one: a part of a wave takes as long as a whole one. */
  private static long wholeWaves(long rows, long waveRows) {
    return waveRows <= 0 ? rows : Math.max(1, rows / waveRows) * waveRows;
  }

  /**
   * Returns the most rows of a chunk from a source: of a copy from host memory enough for full
   * speed, few enough to overlap.
   */
  long chunkRows(ChunkSource source) {
    return Math.min(chunkRows, wholeTiles((8L << 20) / Math.max(1, source.hostRowBytes())));
  }

  /** Returns whether a piece has more rows than go through the device at once. */
  boolean isTooLong(Piece piece) {
    return piece.rows() > pieceRows || piece.tiles() > pieceTiles;
  }

  /** Returns the rows of a part of a sequence that is too long. */
  long partRows() {
    return Math.min(pieceRows, pieceTiles * KernelLibrary.TILE_ROWS);
  }

  private static long wholeTiles(long rows) {
    return Math.max(1, rows / KernelLibrary.TILE_ROWS) * KernelLibrary.TILE_ROWS;
  }

  private static long property(String name, long otherwise) {
    String value = System.getProperty(name);
    if (value == null) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(value);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new AttnPoolException(
        "build layer", "-D" + name + "=" + value + " must be a positive whole number");
  }
}
