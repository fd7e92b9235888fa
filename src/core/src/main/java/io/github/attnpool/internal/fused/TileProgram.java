package io.github.attnpool.internal.fused;

import io.github.attnpool.ElementType;

/**
 * A layer's parameters prepared for work on tiles, shared by all threads. What the fused plan needs
 * of a backend.
 */
public interface TileProgram extends AutoCloseable {
  /** Rows of a tile, and of a block of a sequence that is longer: see {@link FusedEngine}. */
  int tileRows();

  /** Whether tiles of x may have this element type; if not, they are converted to F32 first. */
  boolean takes(ElementType type);

  /** Whether rows of this element type are read, or converted, by address. */
  boolean canRead(ElementType type);

  /**
   * Whether memory is reached by address. Then tiles of x must lie in native memory, so that heap
   * memory is copied first; and the caller's memory may be used by any thread, also where Java
   * would allow its owner only.
   */
  boolean needsNativeMemory();

  /** The arithmetic for one thread; closed before this program is. */
  TileMath newMath();

  /** Instruction-set tier in use. */
  String isa();

  @Override
  void close();
}
