package io.github.attnpool.format;

/**
 * A tensor that cannot be read.
 *
 * @param reason the end of a sentence that begins with its name
 */
record OpaqueTensor(String reason) implements PickledTensor {
  @Override
  public StoredTensor locate(String name, Storages storages) throws UnreadableException {
    throw new UnreadableException(reason);
  }
}
