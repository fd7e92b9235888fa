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

  /** Whether x may lie in native memory only, so that heap memory is copied first. */
  boolean needsNativeMemory();

  /** The arithmetic for one thread; closed before this program is. */
  TileMath newMath();

  /** Instruction-set tier in use. */
  String isa();

  @Override
  void close();
}
