package io.github.attnpool.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.io.MemoryBytes;
import io.github.attnpool.internal.pickle.PickleValue;
import io.github.attnpool.internal.pickle.PickleValue.Constant;
import io.github.attnpool.internal.pickle.PickleValue.Data;
import io.github.attnpool.internal.pickle.PickleValue.Sequence;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An array of NumPy in a pickle, which holds its elements too. */
final class NumpyArray implements PickledTensor {
  private static final int PARTS = 4; // of the state: shape, type, order, elements

  private @Nullable PickleValue shape;
  private @Nullable PickleValue type;
  private boolean fortran;
  private @Nullable PickleValue elements;

  /** Makes an array that its state will describe. */
  NumpyArray() {}

  NumpyArray(PickleValue shape, PickleValue type, boolean fortran, PickleValue elements) {
    this.shape = shape;
    this.type = type;
    this.fortran = fortran;
    this.elements = elements;
  }

  @Override
  public void build(PickleValue state) {
    if (state instanceof Sequence tuple && tuple.items().size() >= PARTS) {
      List<PickleValue> items = tuple.items();
      List<PickleValue> parts = items.subList(items.size() - PARTS, items.size());
      shape = parts.get(0);
      type = parts.get(1);
      fortran = parts.get(2) instanceof Constant(Boolean first) && first;
      elements = parts.get(3);
    }
  }

  @Override
  public StoredTensor locate(String name, Storages storages) throws UnreadableException {
    if (!(type instanceof NumpyType known) || shape == null) {
      throw new UnreadableException("is an array that is not described as NumPy does it");
    }
    StoredType stored = known.stored();
    TensorInfo info = new TensorInfo(name, stored.type(), PickledNumbers.longs(name, shape));
    ByteSource source = source();
    if (source.size() != info.elements() * stored.bytes()) {
      throw new AttnPoolException(
          TensorInfo.operation(name),
          String.format(
              Locale.ROOT,
              "%s needs %d bytes, but there are %d",
              info.describe(),
              info.elements() * stored.bytes(),
              source.size()));
    }
    return fortran
        ? StoredTensor.columnMajor(info, stored, source)
        : StoredTensor.whole(info, stored, source);
  }

  private ByteSource source() throws UnreadableException {
    if (elements instanceof Data(ByteSource bytes, boolean text) && !text) {
      return bytes;
    }
    if (elements instanceof Constant(String bytes)) {
      return MemoryBytes.of(bytes.getBytes(ISO_8859_1));
    }
    throw new UnreadableException("is an array whose elements are not in its pickle");
  }
}
