package io.github.attnpool.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.MemoryBytes;
import io.github.attnpool.internal.pickle.Latin1Text;
import io.github.attnpool.internal.pickle.PickleCalls;
import io.github.attnpool.internal.pickle.PickleValue;
import io.github.attnpool.internal.pickle.PickleValue.Constant;
import io.github.attnpool.internal.pickle.PickleValue.Data;
import io.github.attnpool.internal.pickle.PickleValue.Dictionary;
import io.github.attnpool.internal.pickle.PickleValue.Global;
import io.github.attnpool.internal.pickle.PickleValue.Instance;
import io.github.attnpool.internal.pickle.PickleValue.Sequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Knows the few classes and functions by which Python, PyTorch and NumPy pickle plain data. Of all
 * others come objects of no use but for what the pickle puts into them.
 */
final class TorchCalls implements PickleCalls {
  private static final Data NO_BYTES = new Data(MemoryBytes.of(new byte[0]), false);

  private final String operation;

  /**
   * @param operation what exceptions begin with
   */
  TorchCalls(String operation) {
    this.operation = operation;
  }

  @Override
  public PickleValue call(Global callable, List<PickleValue> arguments) throws IOException {
    if (callable.module().startsWith("joblib")) {
      throw new AttnPoolException(
          operation, "it is a pickle of joblib: save its arrays by numpy.savez");
    }
    return switch (callable.path()) {
      case "collections.OrderedDict", "builtins.dict", "__builtin__.dict" -> dictionary(arguments);
      case "torch.Size",
          "builtins.list",
          "builtins.tuple",
          "builtins.set",
          "builtins.frozenset",
          "__builtin__.set",
          "__builtin__.frozenset" ->
          sequence(callable, arguments);
      case "_codecs.encode" -> encoded(callable, arguments);
      case "builtins.bytes", "__builtin__.bytes", "builtins.bytearray", "__builtin__.bytearray" ->
          arguments.isEmpty() ? NO_BYTES : encoded(callable, arguments);
      case "copyreg._reconstructor", "copy_reg._reconstructor" ->
          !arguments.isEmpty() && arguments.getFirst() instanceof Global type
              ? new Instance(type)
              : new Instance(callable);
      default -> tensor(callable, arguments);
    };
  }

  private static PickleValue tensor(Global callable, List<PickleValue> arguments)
      throws IOException {
    String path = callable.path();
    if (path.startsWith("torch.")) {
      return TorchTensors.call(callable, arguments).orElseGet(() -> new Instance(callable));
    }
    if (path.startsWith("numpy.")) {
      return numpy(callable, arguments);
    }
    return new Instance(callable);
  }

  private static PickleValue numpy(Global callable, List<PickleValue> arguments) {
    return switch (callable.name()) {
      case "_reconstruct" -> new NumpyArray();
      case "dtype" ->
          !arguments.isEmpty() && arguments.getFirst() instanceof Constant(String name)
              ? new NumpyType(name)
              : new Instance(callable);
      case "_frombuffer" ->
          arguments.size() == 4
              ? new NumpyArray(
                  arguments.get(2),
                  arguments.get(1),
                  arguments.get(3) instanceof Constant(String order) && order.equals("F"),
                  arguments.get(0))
              : new Instance(callable);
      default -> new Instance(callable);
    };
  }

  /** From nothing, or from pairs. */
  private static PickleValue dictionary(List<PickleValue> arguments) {
    Dictionary made = new Dictionary();
    if (!arguments.isEmpty() && arguments.getFirst() instanceof Sequence pairs) {
      for (PickleValue pair : pairs.items()) {
        if (pair instanceof Sequence both && both.items().size() == 2) {
          made.put(both.items().get(0), both.items().get(1));
        }
      }
    }
    return made;
  }

  private static PickleValue sequence(Global callable, List<PickleValue> arguments) {
    if (arguments.isEmpty()) {
      return new Sequence(new ArrayList<>());
    }
    return arguments.getFirst() instanceof Sequence items ? items : new Instance(callable);
  }

  /** Bytes that were written as the text of the same characters. */
  private static PickleValue encoded(Global callable, List<PickleValue> arguments)
      throws IOException {
    if (arguments.isEmpty()) {
      return new Instance(callable);
    }
    return switch (arguments.getFirst()) {
      case Constant(String text) -> new Data(MemoryBytes.of(text.getBytes(ISO_8859_1)), false);
      case Data data when data.text() -> {
        Optional<Latin1Text> bytes = Latin1Text.of(data.source());
        yield bytes.isPresent() ? new Data(bytes.get(), false) : new Instance(callable);
      }
      case Data data -> data;
      default -> new Instance(callable);
    };
  }

  @Override
  public PickleValue persistent(PickleValue id) {
    return TorchTensors.persistent(id)
        .orElseThrow(
            () ->
                new AttnPoolException(
                    operation,
                    "its pickle is not sound: it refers to something outside of it that is no"
                        + " storage of PyTorch"));
  }
}
