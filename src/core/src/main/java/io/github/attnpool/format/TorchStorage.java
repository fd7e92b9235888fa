package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.io.Shown;
import io.github.attnpool.internal.pickle.PickleValue;
import java.util.Locale;

/**
 * Numbers that lie outside of a PyTorch file's pickle.
 *
 * @param key names them in the file
 * @param begin of a view of a larger storage, in elements
 * @param size in elements; bytes if they are untyped
 */
record TorchStorage(String key, TorchType type, long begin, long size)
    implements PickleValue.Built {

  /**
   * Returns its part of the bytes that the file has for its key.
   *
   * @param name of the tensor, for messages
   */
  ByteSource in(String name, ByteSource bytes) {
    long held = bytes.size() / type.bytes();
    if (begin > held || size > held - begin) {
      throw new AttnPoolException(
          TensorInfo.operation(name),
          String.format(
              Locale.ROOT,
              "its storage '%s' has %d elements, but the file holds %d",
              Shown.text(key),
              size,
              Math.max(0, held - begin)));
    }
    return bytes.part(begin * type.bytes(), size * type.bytes());
  }
}
