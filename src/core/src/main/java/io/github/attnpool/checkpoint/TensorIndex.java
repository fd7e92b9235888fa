package io.github.attnpool.checkpoint;

import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** The tensors of a file by name. */
final class TensorIndex {
  private final Map<String, TensorInfo> tensors; // in the file's order
  private final NavigableMap<String, TensorInfo> sorted;
  private final Map<String, String> unreadable;
  private final NavigableSet<String> names; // of all tensors, those that cannot be read included
  private final NameSuffixes suffixes;
  private final Map<String, String> metadata;

  TensorIndex(TensorFile file) {
    this.tensors = file.tensors();
    this.sorted = new TreeMap<>(tensors);
    this.unreadable = file.unreadable();
    this.names = new TreeSet<>(tensors.keySet());
    this.names.addAll(unreadable.keySet());
    this.suffixes = new NameSuffixes(names);
    this.metadata = file.metadata();
  }

  /** Where names end in a pattern. */
  List<NamePattern.Found> find(NamePattern pattern) {
    return suffixes.find(pattern);
  }

  Optional<TensorInfo> get(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /** Why a tensor that is there cannot be read, as the end of a sentence. */
  Optional<String> unreadable(String name) {
    return Optional.ofNullable(unreadable.get(name));
  }

  Map<String, String> metadata() {
    return metadata;
  }

  /** Returns the prefix with a dot appended if some name begins so, otherwise as written. */
  String prefix(String written) {
    String dotted = written + ".";
    String next = written.isEmpty() ? null : names.ceiling(dotted);
    return next != null && next.startsWith(dotted) ? dotted : written;
  }

  /** The tensors whose names begin so, in the order of their names. */
  Collection<TensorInfo> below(String prefix) {
    return sorted.subMap(prefix, prefix + Character.MAX_VALUE).values();
  }

  /** Names that begin so, in their order, of tensors that cannot be read too. */
  Collection<String> namesBelow(String prefix) {
    return names.subSet(prefix, prefix + Character.MAX_VALUE);
  }

  /** Names of the tensors whose names do not begin so. */
  List<String> outside(String prefix) {
    return names.stream().filter(name -> !name.startsWith(prefix)).toList();
  }

  /** Names of all tensors, in their order. */
  Collection<String> names() {
    return names;
  }
}
