package io.github.attnpool.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.pickle.PickleMachine;
import io.github.attnpool.internal.pickle.PickleValue;
import io.github.attnpool.internal.zip.ZipEntries;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A file as torch.save has written it since PyTorch 1.6: a zip archive of a folder with a pickle
 * ({@code data.pkl}), the storages that it refers to ({@code data/0}, …) and the order of their
 * bytes ({@code byteorder}).
 */
final class TorchArchive {
  static final String FORMAT = "pytorch";

  private static final String PICKLE = "data.pkl";

  private final String operation;
  private final ZipEntries entries;

  /**
   * @param operation what exceptions begin with
   */
  TorchArchive(String operation, ZipEntries entries) {
    this.operation = operation;
    this.entries = entries;
  }

  static boolean isOne(ZipEntries entries) {
    return folder(entries).isPresent();
  }

  /** The folder's name and a slash; nothing if the pickle is in no folder. */
  private static Optional<String> folder(ZipEntries entries) {
    return entries.names().stream()
        .filter(name -> name.equals(PICKLE) || name.endsWith("/" + PICKLE))
        .filter(name -> name.indexOf('/') == name.lastIndexOf('/'))
        .map(name -> name.substring(0, name.length() - PICKLE.length()))
        .findFirst();
  }

  StoredTensorFile.Contents parse() throws IOException {
    String folder = folder(entries).orElseThrow();
    if (entries.contains(folder + "constants.pkl")) {
      throw new AttnPoolException(
          operation,
          "it is a TorchScript archive (torch.jit.save): python -c \"import torch;"
              + " torch.save(torch.jit.load('model.pt', map_location='cpu').state_dict(),"
              + " 'state_dict.pt')\" saves its parameters");
    }
    ByteSource pickle = entries.open(folder + PICKLE);
    PickleValue value = new PickleMachine(operation, pickle, 0, new TorchCalls(operation)).run();
    return PickledTensors.find(operation, FORMAT, value, new Folder(folder, order(folder)));
  }

  private ByteOrder order(String folder) throws IOException {
    String entry = folder + "byteorder";
    if (!entries.contains(entry)) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    ByteSource bytes = entries.open(entry);
    String order = new String(bytes.bytes(0, (int) Math.min(16, bytes.size())), ISO_8859_1);
    return switch (order.strip()) {
      case "little" -> ByteOrder.LITTLE_ENDIAN;
      case "big" -> ByteOrder.BIG_ENDIAN;
      default -> throw new AttnPoolException(operation, "its byteorder is neither little nor big");
    };
  }

  /** The storages, each opened once, because tensors share them. */
  private final class Folder implements PickledTensor.Storages {
    private final String name;
    private final ByteOrder order;
    private final Map<String, ByteSource> opened = new HashMap<>();

    Folder(String name, ByteOrder order) {
      this.name = name;
      this.order = order;
    }

    @Override
    public ByteSource source(TorchStorage storage) throws IOException {
      ByteSource source = opened.get(storage.key());
      if (source == null) {
        source = entries.open(name + "data/" + storage.key());
        opened.put(storage.key(), source);
      }
      return source;
    }

    @Override
    public ByteOrder order() {
      return order;
    }
  }
}
