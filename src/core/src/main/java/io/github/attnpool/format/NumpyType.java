package io.github.attnpool.format;

import io.github.attnpool.internal.pickle.PickleValue;
import io.github.attnpool.internal.pickle.PickleValue.Constant;
import io.github.attnpool.internal.pickle.PickleValue.Sequence;

/** An element type of NumPy in a pickle: a name, and a state that holds the order of the bytes. */
final class NumpyType implements PickleValue.Built {
  private final String name;
  private String order = "";

  /**
   * @param name for example {@code f4}
   */
  NumpyType(String name) {
    this.name = name;
  }

  @Override
  public void build(PickleValue state) {
    if (state instanceof Sequence tuple
        && tuple.items().size() > 1
        && tuple.items().get(1) instanceof Constant(String mark)
        && mark.length() == 1) {
      order = mark;
    }
  }

  StoredType stored() throws UnreadableException {
    return NpyType.find(order + name)
        .orElseThrow(
            () -> new UnreadableException(NpyType.refusal("'" + name + "'", name.contains("O"))));
  }
}
