package io.github.attnpool.internal.pickle;

import io.github.attnpool.internal.pickle.PickleValue.Constant;
import io.github.attnpool.internal.pickle.PickleValue.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The machine's stack, with marks, and its memo. How much goes into them is bounded. */
final class PickleStack {
  /** Values and places in the memo that any pickle may have, and the most that a large one may. */
  private static final long FEW = 1_000_000;

  private static final long MOST = 2_000_000;
  private static final int BYTES_FOR_EACH = 4; // tensors take more

  private final PickleInput in;
  private final long limit;
  private final List<PickleValue> values = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Long, PickleValue> memo = new HashMap<>();
  private long made;

  /**
   * @param size bytes of the pickle
   */
  PickleStack(PickleInput in, long size) {
    this.in = in;
    this.limit = Math.min(MOST, FEW + size / BYTES_FOR_EACH);
  }

  private void count() {
    if (++made > limit) {
      throw in.bad(
          "it holds more than " + limit + " Python values; numbers have to be saved as tensors");
    }
  }

  void push(PickleValue value) {
    count();
    values.add(value);
  }

  private int floor() {
    return marks.isEmpty() ? 0 : marks.getLast();
  }

  PickleValue top() {
    if (values.size() <= floor()) {
      throw in.bad("it takes a value that is not there at byte " + (in.position() - 1));
    }
    return values.getLast();
  }

  PickleValue pop() {
    PickleValue top = top();
    values.removeLast();
    return top;
  }

  void mark() {
    count();
    marks.add(values.size());
  }

  /** Takes the values since the last mark. */
  List<PickleValue> popToMark() {
    if (marks.isEmpty()) {
      throw in.bad("it takes values to a mark that is not there");
    }
    return popTo(marks.removeLast());
  }

  /** Takes the last values. */
  List<PickleValue> pop(int count) {
    if (values.size() - floor() < count) {
      throw in.bad("it takes " + count + " values that are not there");
    }
    return popTo(values.size() - count);
  }

  private List<PickleValue> popTo(int from) {
    List<PickleValue> last = values.subList(from, values.size());
    List<PickleValue> taken = new ArrayList<>(last);
    last.clear();
    return taken;
  }

  void popOrUnmark() {
    if (values.size() > floor()) {
      values.removeLast();
    } else {
      popToMark();
    }
  }

  /** Takes a text. */
  String popText() {
    if (pop() instanceof Constant(String text)) {
      return text;
    }
    throw in.bad("it names a class by something that is no text");
  }

  /** Takes a tuple. */
  List<PickleValue> popArguments() {
    if (pop() instanceof Sequence arguments) {
      return arguments.items();
    }
    throw in.bad("it calls a class with something that is no tuple");
  }

  void store(long index) {
    count();
    memo.put(index, top());
  }

  void storeNext() {
    store(memo.size());
  }

  void recall(long index) {
    PickleValue value = memo.get(index);
    if (value == null) {
      throw in.bad("it recalls value " + index + ", which it has not stored");
    }
    push(value);
  }
}
