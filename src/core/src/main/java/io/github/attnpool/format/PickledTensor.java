package io.github.attnpool.format;

import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.pickle.PickleValue;
import java.io.IOException;
import java.nio.ByteOrder;

/** What a pickle says of a tensor or of an array. Nothing of it is trusted. */
interface PickledTensor extends PickleValue.Built {
  /** What lies in a file beside its pickle. */
  interface Storages {
    /** Returns the bytes of a storage. */
    ByteSource source(TorchStorage storage) throws IOException;

    /** Returns the order of the bytes of each element. */
    default ByteOrder order() {
      return ByteOrder.LITTLE_ENDIAN;
    }
  }

  /**
   * Returns where the elements are.
   *
   * @throws UnreadableException if they cannot be read, whatever the file holds
   * @throws io.github.attnpool.AttnPoolException if the file is not sound
   */
  StoredTensor locate(String name, Storages storages) throws IOException, UnreadableException;
}
