package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.io.Shown;
import io.github.attnpool.internal.pickle.PickleMachine;
import io.github.attnpool.internal.pickle.PickleValue;
import io.github.attnpool.internal.pickle.PickleValue.Constant;
import java.io.IOException;
import java.math.BigInteger;

/**
 * Pickles: files as torch.save wrote them before PyTorch 1.6, which begin with a number that tells
 * them, and others, whose NumPy arrays are read.
 */
final class PickleFormat implements TensorFormat {
  private static final BigInteger TORCH = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final int PROTOCOL = 0x80; // opcode of a protocol, which then follows

  @Override
  public String name() {
    return "pickle";
  }

  @Override
  public boolean recognises(TensorSource source, byte[] head) {
    return head.length > 2 && (head[0] & 0xff) == PROTOCOL && head[1] >= 2 && head[1] <= 5;
  }

  @Override
  public TensorFile open(TensorSource source) {
    return StoredTensorFile.open(source, (operation, file, _) -> parse(operation, file));
  }

  private StoredTensorFile.Contents parse(String operation, ByteSource file) throws IOException {
    PickleMachine machine = new PickleMachine(operation, file, 0, new TorchCalls(operation));
    PickleValue value = machine.run();
    if (value instanceof Constant(BigInteger number) && number.equals(TORCH)) {
      return new TorchStream(operation, file).parse(machine.position());
    }
    return PickledTensors.find(
        operation,
        name(),
        value,
        storage -> {
          throw new AttnPoolException(
              operation, "it refers to storage '" + Shown.text(storage.key()) + "'");
        });
  }
}
