package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.io.Shown;
import io.github.attnpool.internal.pickle.PickleCalls;
import io.github.attnpool.internal.pickle.PickleMachine;
import io.github.attnpool.internal.pickle.PickleValue;
import io.github.attnpool.internal.pickle.PickleValue.Constant;
import io.github.attnpool.internal.pickle.PickleValue.Global;
import io.github.attnpool.internal.pickle.PickleValue.Sequence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A file as torch.save wrote it before PyTorch 1.6: pickles of a magic number, of the protocol's
 * number, of facts about the machine, of what was saved, and of the storages' keys; then, for each
 * key, the number of elements and the elements, little-endian.
 */
final class TorchStream implements PickledTensor.Storages {
  private static final long PROTOCOL = 1001;

  private final String operation;
  private final ByteSource file;
  private final Map<String, TorchType> types = new HashMap<>();
  private final Map<String, ByteSource> storages = new HashMap<>();

  /**
   * @param operation what exceptions begin with
   */
  TorchStream(String operation, ByteSource file) {
    this.operation = operation;
    this.file = file;
  }

  /**
   * @param position after the magic number
   */
  StoredTensorFile.Contents parse(long position) throws IOException {
    PickleMachine protocol = machine(position);
    if (!(protocol.run() instanceof Constant(Long version)) || version != PROTOCOL) {
      throw bad("it is of no known version of PyTorch's older files");
    }
    PickleMachine facts = machine(protocol.position());
    facts.run();
    PickleMachine saved = machine(facts.position());
    PickleValue value = saved.run();
    PickleMachine keys = machine(saved.position());
    if (!(keys.run() instanceof Sequence list)) {
      throw bad("it has no list of storages");
    }
    place(list.items(), keys.position());
    return PickledTensors.find(operation, TorchArchive.FORMAT, value, this);
  }

  private PickleMachine machine(long position) {
    return new PickleMachine(operation, file, position, new Calls());
  }

  /** Notes the types of storages, which tell how long they are. */
  private final class Calls implements PickleCalls {
    private final PickleCalls all = new TorchCalls(operation);

    @Override
    public PickleValue call(Global callable, List<PickleValue> arguments) throws IOException {
      return all.call(callable, arguments);
    }

    @Override
    public PickleValue persistent(PickleValue id) {
      PickleValue found = all.persistent(id);
      if (found instanceof TorchStorage storage) {
        types.put(storage.key(), storage.type());
      }
      return found;
    }
  }

  private void place(List<PickleValue> keys, long begin) throws IOException {
    long position = begin;
    for (PickleValue key : keys) {
      if (!(key instanceof Constant(String name)) || !types.containsKey(name)) {
        throw bad("it lists a storage that no tensor refers to");
      }
      if (file.size() - position < Long.BYTES) {
        throw bad("it ends before storage '" + Shown.text(name) + "': was it cut short?");
      }
      long size =
          ByteBuffer.wrap(file.bytes(position, Long.BYTES))
              .order(ByteOrder.LITTLE_ENDIAN)
              .getLong();
      position += Long.BYTES;
      int each = types.get(name).bytes();
      if (size < 0 || size > (file.size() - position) / each) {
        throw bad(
            String.format(
                Locale.ROOT,
                "storage '%s' has %d elements of %d bytes, but the file holds %d bytes more; was it"
                    + " cut short?",
                Shown.text(name),
                size,
                each,
                file.size() - position));
      }
      storages.put(name, file.part(position, size * each));
      position += size * each;
    }
  }

  @Override
  public ByteSource source(TorchStorage storage) {
    ByteSource source = storages.get(storage.key());
    if (source == null) {
      throw bad("it has no storage '" + Shown.text(storage.key()) + "'");
    }
    return source;
  }

  private AttnPoolException bad(String problem) {
    return new AttnPoolException(operation, problem);
  }
}
