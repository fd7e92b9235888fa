package io.github.attnpool.internal.cuda;

/** Work for a stream that follows from numbers alone: the same numbers are the same work. */
interface Launch {
  /**
   * Puts it on a stream.
   *
   * @param numbers addresses, sizes and codes, in the order that the launch wants
   */
  void on(long stream, long... numbers);
}
