package io.github.attnpool.internal.pickle;

import io.github.attnpool.internal.pickle.PickleValue.Built;
import io.github.attnpool.internal.pickle.PickleValue.Constant;
import io.github.attnpool.internal.pickle.PickleValue.Data;
import io.github.attnpool.internal.pickle.PickleValue.Dictionary;
import io.github.attnpool.internal.pickle.PickleValue.Global;
import io.github.attnpool.internal.pickle.PickleValue.Instance;
import io.github.attnpool.internal.pickle.PickleValue.Sequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The machine's opcodes that make and fill lists, dictionaries and objects. */
final class PickleObjects {
  private static final Global UNNAMED = new Global("builtins", "object");

  private final PickleInput in;
  private final PickleStack stack;
  private final PickleCalls calls;

  PickleObjects(PickleInput in, PickleStack stack, PickleCalls calls) {
    this.in = in;
    this.stack = stack;
    this.calls = calls;
  }

  /** Runs one opcode; false if it is none of these. */
  boolean run(int opcode) throws IOException {
    switch (opcode) {
      case ')' -> stack.push(new Sequence(new ArrayList<>(0)));
      case ']', 0x8f -> stack.push(new Sequence(new ArrayList<>()));
      case 't', 'l', 0x91 -> stack.push(new Sequence(stack.popToMark()));
      case 0x85 -> stack.push(new Sequence(stack.pop(1)));
      case 0x86 -> stack.push(new Sequence(stack.pop(2)));
      case 0x87 -> stack.push(new Sequence(stack.pop(3)));
      case 'a' -> append(stack.pop(1));
      case 'e', 0x90 -> append(stack.popToMark());
      case 'd' -> {
        List<PickleValue> items = stack.popToMark();
        stack.push(new Dictionary());
        put(items);
      }
      case 's' -> put(stack.pop(2));
      case 'u' -> put(stack.popToMark());
      case 'b' -> build(stack.pop());
      default -> {
        return call(opcode);
      }
    }
    return true;
  }

  private void append(List<PickleValue> items) {
    switch (stack.top()) {
      case Sequence list -> list.items().addAll(items);
      case Instance object -> object.items().items().addAll(items);
      case Built _ -> {}
      case Constant _, Data _, Dictionary _, Global _ ->
          throw in.bad("it appends to a value that is no list");
    }
  }

  private void put(List<PickleValue> items) {
    Dictionary dictionary =
        switch (stack.top()) {
          case Dictionary plain -> plain;
          case Instance object -> object.entries();
          case Built _ -> new Dictionary();
          case Constant _, Data _, Sequence _, Global _ ->
              throw in.bad("it puts an item into a value that is no dictionary");
        };
    if (items.size() % 2 != 0) {
      throw in.bad("it puts a key without a value into a dictionary");
    }
    for (int i = 0; i < items.size(); i += 2) {
      dictionary.put(items.get(i), items.get(i + 1));
    }
  }

  private void build(PickleValue state) {
    switch (stack.top()) {
      case Instance object -> object.setState(state);
      case Built built -> built.build(state);
      case Constant _, Data _, Dictionary _, Sequence _, Global _ -> {
        // Attributes of a dictionary, as PyTorch's _metadata, are of no use here.
      }
    }
  }

  private boolean call(int opcode) throws IOException {
    switch (opcode) {
      case 'R', 0x81 -> {
        List<PickleValue> arguments = stack.popArguments();
        push(stack.pop(), arguments);
      }
      case 0x92 -> {
        stack.pop(); // arguments by name
        List<PickleValue> arguments = stack.popArguments();
        push(stack.pop(), arguments);
      }
      case 'i' -> push(new Global(in.line(), in.line()), stack.popToMark());
      case 'o' -> {
        List<PickleValue> all = stack.popToMark();
        if (all.isEmpty()) {
          throw in.bad("it makes an object without a class");
        }
        push(all.getFirst(), new ArrayList<>(all.subList(1, all.size())));
      }
      case 0x93 -> {
        String name = stack.popText();
        stack.push(new Global(stack.popText(), name));
      }
      case 'P' -> stack.push(calls.persistent(new Constant(in.line())));
      case 'Q' -> stack.push(calls.persistent(stack.pop()));
      case 0x82, 0x83, 0x84 -> throw in.bad("it uses copyreg's extension registry");
      case 0x97, 0x98 -> throw in.bad("it keeps buffers outside of itself");
      default -> {
        return false;
      }
    }
    return true;
  }

  /** What calls anything but a class or function by its name gives an object of no known class. */
  private void push(PickleValue callable, List<PickleValue> arguments) throws IOException {
    stack.push(
        callable instanceof Global named ? calls.call(named, arguments) : new Instance(UNNAMED));
  }
}
