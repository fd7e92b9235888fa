package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.io.Shown;
import io.github.attnpool.internal.zip.ZipEntries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A {@code .npz} archive of NumPy: a {@code .npy} file for each array. */
final class NpzArchive {
  private static final String ARRAY = ".npy";

  private final String operation;
  private final ZipEntries entries;

  /**
   * @param operation what exceptions begin with
   */
  NpzArchive(String operation, ZipEntries entries) {
    this.operation = operation;
    this.entries = entries;
  }

  static boolean isOne(ZipEntries entries) {
    return entries.names().stream().anyMatch(name -> name.endsWith(ARRAY));
  }

  StoredTensorFile.Contents parse() throws IOException {
    List<StoredTensor> tensors = new ArrayList<>();
    Map<String, String> unreadable = new LinkedHashMap<>();
    for (String entry : entries.names()) {
      if (!entry.endsWith(ARRAY)) {
        unreadable.put(entry, "is no .npy array");
        continue;
      }
      String name = entry.substring(0, entry.length() - ARRAY.length());
      ByteSource file = entries.open(entry);
      NpyHeader header = NpyHeader.parse(operation + ", array '" + Shown.text(name) + "'", file);
      Optional<StoredType> stored = header.stored();
      if (stored.isEmpty()) {
        unreadable.put(name, header.refusal());
        continue;
      }
      ByteSource data = file.part(header.size(), file.size() - header.size());
      tensors.add(header.tensor(name, stored.get(), data));
    }
    if (tensors.isEmpty()) {
      throw new AttnPoolException(
          operation,
          "it has no array that can be read: "
              + Shown.first(
                  List.copyOf(unreadable.entrySet()),
                  each -> "'" + Shown.text(each.getKey()) + "' " + each.getValue()));
    }
    return new StoredTensorFile.Contents("npz", Map.of(), tensors, unreadable);
  }
}
