package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;

/**
 * A format of tensor files. Those of other modules are found by {@link java.util.ServiceLoader} and
 * asked after this module's own. Implementations have a public constructor without parameters and
 * are safe to use from any thread.
 */
public interface TensorFormat {
  /** {@return the format's name in messages, in lower case, for example {@code hdf5}} */
  String name();

  /**
   * {@return whether a file is of this format} Throws nothing: what cannot be read is not
   * recognised.
   *
   * @param source the file
   * @param head its first 4,096 bytes, or all of a shorter one
   */
  boolean recognises(TensorSource source, byte[] head);

  /**
   * Opens a file that was recognised.
   *
   * @param source the file; the {@link TensorFile} closes it. If this fails, the caller does
   * @return the open file, for the caller to close
   * @throws AttnPoolException if it cannot be read or is not sound
   */
  TensorFile open(TensorSource source);
}
