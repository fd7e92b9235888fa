package io.github.attnpool.hdf5;

import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorFormat;
import io.github.attnpool.format.TensorSource;
import java.util.Arrays;

/**
 * HDF5 files: {@code .h5}, {@code .hdf5} and {@code .weights.h5}, and {@code .keras}, a zip archive
 * around one. A dataset's name is its path with dots for slashes; the {@code :0} that Keras puts
 * after names is left out. Found by {@link TensorFile#open}.
 */
public final class Hdf5Format implements TensorFormat {
  static final String NAME = "hdf5";

  private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  private static final int FIRST_USER_BLOCK = 512; // bytes, if there is one

  /** Made by {@link java.util.ServiceLoader}. */
  public Hdf5Format() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean recognises(TensorSource source, byte[] head) {
    for (int at = 0;
        at + SIGNATURE.length <= head.length;
        at = Math.max(FIRST_USER_BLOCK, 2 * at)) {
      if (Arrays.equals(head, at, at + SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)) {
        return true;
      }
    }
    return KerasArchive.isOne(source, head);
  }

  @Override
  public TensorFile open(TensorSource source) {
    return Hdf5File.of(source);
  }
}
