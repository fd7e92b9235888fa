package io.github.attnpool.checkpoint;

import io.github.attnpool.checkpoint.NameTemplate.Wildcard;
import io.github.attnpool.format.SafetensorsFile;
import io.github.attnpool.format.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The tensors of a file, to be looked up by names with wildcards. */
final class TensorIndex {
  private final Map<String, Tensor> tensors; // in the file's order
  private final NavigableMap<String, Tensor> sorted;
  private final Map<String, String> metadata;

  TensorIndex(SafetensorsFile file) {
    this.tensors = file.tensors();
    this.sorted = new TreeMap<>(tensors);
    this.metadata = file.metadata();
  }

  Optional<Tensor> get(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  Map<String, String> metadata() {
    return metadata;
  }

  /** Returns the prefix with a dot appended if some name begins so, otherwise as written. */
  String prefix(String written) {
    String dotted = written + ".";
    String next = written.isEmpty() ? null : sorted.ceilingKey(dotted);
    return next != null && next.startsWith(dotted) ? dotted : written;
  }

  /** The tensors whose names begin so, in the file's order. */
  List<Tensor> below(String prefix) {
    return tensors.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix))
        .map(Map.Entry::getValue)
        .toList();
  }

  Collection<String> names() {
    return tensors.keySet();
  }

  /**
   * The numbers, ascending, that match the wildcard in names below the prefix; one empty text where
   * there is a tensor of a name without wildcard.
   */
  List<String> find(String prefix, NameTemplate name) {
    if (name.wildcard() == Wildcard.NONE) {
      return tensors.containsKey(prefix + name.head()) ? List.of("") : List.of();
    }
    String head = prefix + name.head();
    List<String> numbers = new ArrayList<>();
    for (String each : sorted.tailMap(head).keySet()) {
      if (!each.startsWith(head)) {
        break;
      }
      String number = name.numberIn(each, prefix);
      if (number != null) {
        numbers.add(number);
      }
    }
    numbers.sort(Comparator.comparingInt(Integer::parseInt));
    return numbers;
  }
}
