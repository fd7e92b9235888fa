package io.github.attnpool.internal.onednn;

/** A part of a thread's arithmetic on tiles, with native memory and handles of oneDNN. */
interface TilePart extends AutoCloseable {
  @Override
  void close();
}
