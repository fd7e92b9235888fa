package io.github.attnpool.internal.pickle;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.pickle.PickleValue.Constant;
import io.github.attnpool.internal.pickle.PickleValue.Data;
import io.github.attnpool.internal.pickle.PickleValue.Dictionary;
import io.github.attnpool.internal.pickle.PickleValue.Global;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Locale;

/**
 * Runs a pickle, protocols 0 to 5. Its time is proportional to the pickle's size. Its memory is
 * bounded by the number of values, which is bounded too; long texts and bytes stay in the file.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">the opcodes</a>
 */
public final class PickleMachine {
  private static final int LATEST = 5; // protocol

  private final PickleInput in;
  private final PickleStack stack;
  private final PickleObjects objects;

  /**
   * Makes a machine that runs one pickle.
   *
   * @param operation what exceptions begin with
   * @param source which holds the pickle
   * @param begin of the pickle in the source
   * @param calls answers what the pickle asks to be called
   */
  public PickleMachine(String operation, ByteSource source, long begin, PickleCalls calls) {
    this.in = new PickleInput(operation, source, begin);
    this.stack = new PickleStack(in, source.size() - begin);
    this.objects = new PickleObjects(in, stack, calls);
  }

  /**
   * Runs the pickle.
   *
   * @return what it holds
   * @throws io.github.attnpool.AttnPoolException if it is not sound
   */
  public PickleValue run() throws IOException {
    while (true) {
      int opcode = in.unsignedByte();
      if (opcode == '.') {
        return stack.pop();
      }
      if (!number(opcode) && !text(opcode) && !stacked(opcode) && !objects.run(opcode)) {
        throw in.bad(
            String.format(
                Locale.ROOT, "unknown opcode 0x%02x at byte %d", opcode, in.position() - 1));
      }
    }
  }

  /** Returns where the pickle ended. */
  public long position() {
    return in.position();
  }

  private boolean number(int opcode) throws IOException {
    switch (opcode) {
      case 'N' -> stack.push(PickleValue.NONE);
      case 0x88 -> constant(true);
      case 0x89 -> constant(false);
      case 'K' -> constant((long) in.unsignedByte());
      case 'M' -> constant((long) in.unsignedShort());
      case 'J' -> constant((long) in.integer());
      case 'G' -> constant(in.bigEndianDouble());
      case 0x8a -> constant(PickleNumbers.littleEndian(in, in.unsignedByte()));
      case 0x8b -> constant(PickleNumbers.littleEndian(in, in.integer()));
      case 'I' -> constant(PickleNumbers.integer(in, in.line()));
      case 'L' -> constant(PickleNumbers.longInteger(in, in.line()));
      case 'F' -> constant(PickleNumbers.real(in, in.line()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void constant(Object value) {
    stack.push(new Constant(value));
  }

  private boolean text(int opcode) throws IOException {
    switch (opcode) {
      case 0x8c -> text(in.unsignedByte(), UTF_8);
      case 'X' -> text(in.unsignedInteger(), UTF_8);
      case 0x8d -> text(in.longInteger(), UTF_8);
      case 'U' -> text(in.unsignedByte(), ISO_8859_1);
      case 'T' -> text(in.unsignedInteger(), ISO_8859_1);
      case 'C' -> data(in.unsignedByte());
      case 'B' -> data(in.unsignedInteger());
      case 0x8e, 0x96 -> data(in.longInteger());
      case 'S' -> constant(PickleTexts.quoted(in, in.line()));
      case 'V' -> constant(PickleTexts.escaped(in.line()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void text(long length, Charset charset) throws IOException {
    if (length >= 0 && length <= PickleInput.BUFFER) {
      constant(in.text((int) length, charset));
    } else {
      stack.push(new Data(in.part(length), charset.equals(UTF_8)));
    }
  }

  private void data(long length) throws IOException {
    stack.push(new Data(in.part(length), false));
  }

  private boolean stacked(int opcode) throws IOException {
    switch (opcode) {
      case 0x80 -> protocol(in.unsignedByte());
      case 0x95 -> in.longInteger(); // length of a frame: nothing is gained from it here
      case '(' -> stack.mark();
      case '0' -> stack.popOrUnmark();
      case '1' -> stack.popToMark();
      case '2' -> stack.push(stack.top());
      case 'p' -> stack.store(PickleNumbers.memo(in, in.line()));
      case 'q' -> stack.store(in.unsignedByte());
      case 'r' -> stack.store(in.unsignedInteger());
      case 0x94 -> stack.storeNext();
      case 'g' -> stack.recall(PickleNumbers.memo(in, in.line()));
      case 'h' -> stack.recall(in.unsignedByte());
      case 'j' -> stack.recall(in.unsignedInteger());
      case '}' -> stack.push(new Dictionary());
      case 'c' -> stack.push(new Global(in.line(), in.line()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void protocol(int protocol) {
    if (protocol > LATEST) {
      throw in.bad("it is of protocol " + protocol + ", must be 0 to " + LATEST);
    }
  }
}
