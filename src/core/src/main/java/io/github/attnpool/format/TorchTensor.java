package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.ByteSource;
import java.io.IOException;
import java.util.Locale;

/**
 * A tensor of PyTorch: a view of a storage.
 *
 * @param type of its elements
 * @param offset elements of the storage before the first
 * @param strides in elements
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TorchTensor(TorchStorage storage, TorchType type, long offset, long[] shape, long[] strides)
    implements PickledTensor {
  /** Bytes that a tensor may have beyond those of its storage, as one of repeated values does. */
  private static final long MOST_REPEATED = 1L << 26;

  @Override
  public StoredTensor locate(String name, Storages storages)
      throws IOException, UnreadableException {
    StoredType stored =
        type.stored(storages.order())
            .orElseThrow(
                () -> new UnreadableException("has element type " + type.dtype() + remedy()));
    TensorInfo info = new TensorInfo(name, stored.type(), shape);
    ByteSource source = storage.in(name, storages.source(storage));
    long held = source.size() / type.bytes();
    if (info.elements() == 0) {
      return StoredTensor.whole(info, stored, source.part(0, 0)); // whatever place it names
    }
    if (last(name) >= held) {
      throw new AttnPoolException(
          TensorInfo.operation(name),
          String.format(
              Locale.ROOT,
              "%s needs element %d of its storage, which holds %d",
              info.describe(),
              last(name),
              held));
    }
    if (info.byteSize() - source.size() > MOST_REPEATED) {
      throw new UnreadableException(
          String.format(
              Locale.ROOT,
              "is an expanded view, %s over %d bytes: save x.contiguous()",
              info.describe(),
              source.size()));
    }
    return new StoredTensor(info, stored, source, offset, strides);
  }

  private String remedy() {
    if (type.dtype().startsWith("complex")) {
      return ": save torch.view_as_real(x)";
    }
    return type.dtype().startsWith("q") ? ": save x.dequantize()" : ": save x.float()";
  }

  /** Number of the last element in the storage. */
  private long last(String name) {
    try {
      long last = offset;
      for (int i = 0; i < shape.length; i++) {
        last = Math.addExact(last, Math.multiplyExact(shape[i] - 1, strides[i]));
      }
      return last;
    } catch (ArithmeticException e) {
      throw new AttnPoolException(TensorInfo.operation(name), "its strides are too large", e);
    }
  }
}
