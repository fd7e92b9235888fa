package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.pickle.PickleValue;
import io.github.attnpool.internal.pickle.PickleValue.Built;
import io.github.attnpool.internal.pickle.PickleValue.Constant;
import io.github.attnpool.internal.pickle.PickleValue.Dictionary;
import io.github.attnpool.internal.pickle.PickleValue.Global;
import io.github.attnpool.internal.pickle.PickleValue.Sequence;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Makes tensors of what PyTorch's pickles call to rebuild them. */
final class TorchTensors {
  private static final String SHOWN = "of a pickle";

  private TorchTensors() {}

  /** Returns the tensor that a call of one of PyTorch's functions makes; empty for other calls. */
  static Optional<PickleValue> call(Global callable, List<PickleValue> arguments) {
    return switch (callable.name()) {
      case "_rebuild_tensor", "_rebuild_tensor_v2" -> view(arguments, Optional.empty(), 6);
      case "_rebuild_tensor_v3" ->
          arguments.size() > 6 && arguments.get(6) instanceof Global dtype
              ? view(arguments, Optional.of(dtype), 7)
              : Optional.empty();
      case "_rebuild_parameter",
          "_rebuild_parameter_with_state",
          "Parameter",
          "Buffer",
          "_rebuild_device_tensor_from_numpy",
          "_rebuild_device_tensor_from_cpu_tensor" ->
          first(arguments);
      case "_rebuild_from_type_v2" ->
          arguments.size() > 2
                  && arguments.get(0) instanceof Global function
                  && arguments.get(2) instanceof Sequence inner
                  && !function.name().equals(callable.name())
              ? call(function, inner.items())
              : Optional.empty();
      case "_rebuild_qtensor" -> opaque("is quantised: save x.dequantize()");
      case "_rebuild_sparse_tensor", "_rebuild_sparse_csr_tensor" ->
          opaque("is sparse: save x.to_dense()");
      case "_rebuild_nested_tensor" -> opaque("is a nested tensor: save x.to_padded_tensor(0)");
      case "_rebuild_meta_tensor_no_storage" -> opaque("is on device meta, without elements");
      case "_rebuild_wrapper_subclass" -> opaque("is of a subclass without elements of its own");
      default -> Optional.empty();
    };
  }

  private static Optional<PickleValue> opaque(String reason) {
    return Optional.of(new OpaqueTensor(reason));
  }

  private static Optional<PickleValue> first(List<PickleValue> arguments) {
    return !arguments.isEmpty() && arguments.getFirst() instanceof Built built
        ? Optional.of(built)
        : Optional.empty();
  }

  /**
   * @param facts index of the argument that tells what else the view does with the elements
   */
  private static Optional<PickleValue> view(
      List<PickleValue> arguments, Optional<Global> dtype, int facts) {
    if (arguments.size() < 4 || !(arguments.getFirst() instanceof TorchStorage storage)) {
      return opaque("is not described as PyTorch does it");
    }
    if (arguments.size() > facts
        && arguments.get(facts) instanceof Dictionary bits
        && (isSet(bits, "neg") || isSet(bits, "conj"))) {
      return opaque("is a negated or conjugated view: save x.resolve_neg().resolve_conj()");
    }
    Optional<TorchType> type =
        dtype.isPresent() ? TorchType.ofDtype(dtype.get().name()) : Optional.of(storage.type());
    if (type.isEmpty()) {
      return opaque("has an element type that is not known");
    }
    long[] shape = PickledNumbers.longs(SHOWN, arguments.get(2));
    long[] strides = PickledNumbers.longs(SHOWN, arguments.get(3));
    if (shape.length != strides.length) {
      throw new AttnPoolException(
          TensorInfo.operation(SHOWN),
          String.format(
              Locale.ROOT, "has %d dimensions, but %d strides", shape.length, strides.length));
    }
    long offset = PickledNumbers.number(SHOWN, arguments.get(1));
    return Optional.of(new TorchTensor(storage, type.get(), offset, shape, strides));
  }

  private static boolean isSet(Dictionary bits, String name) {
    return bits.get(name) instanceof Constant(Boolean set) && set;
  }

  /** Returns what a persistent id names: a storage or a class; empty if it is neither. */
  static Optional<PickleValue> persistent(PickleValue id) {
    if (!(id instanceof Sequence tuple) || tuple.items().size() < 2) {
      return Optional.empty();
    }
    List<PickleValue> items = tuple.items();
    if (items.getFirst() instanceof Constant(String kind) && kind.equals("module")) {
      return Optional.of(items.get(1));
    }
    if (items.size() < 5
        || !(items.get(1) instanceof Global storage)
        || !(items.get(2) instanceof Constant(String key))
        || !(items.get(4) instanceof Constant(Long size))
        || size < 0) {
      return Optional.empty();
    }
    return TorchType.ofStorage(storage.name())
        .flatMap(
            type ->
                items.size() > 5 && items.get(5) instanceof Sequence view
                    ? view(key, type, view.items())
                    : Optional.of(new TorchStorage(key, type, 0, size)));
  }

  /** A part of another storage, as old files have them: its key, where it begins, its size. */
  private static Optional<PickleValue> view(String root, TorchType type, List<PickleValue> view) {
    return view.size() == 3
            && view.get(1) instanceof Constant(Long begin)
            && view.get(2) instanceof Constant(Long size)
            && begin >= 0
            && size >= 0
        ? Optional.of(new TorchStorage(root, type, begin, size))
        : Optional.empty();
  }
}
