package io.github.attnpool.batch;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.io.Shown;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors of a file by what they are in a batch. Feature files carry other tensors too: those
 * are left alone, but for names so near to one of ours that the file's writer may have meant it.
 *
 * @param x the rows
 * @param others by the names below
 * @param ignored names of the tensors that are left alone
 */
record InputNames(TensorInfo x, Map<String, TensorInfo> others, List<String> ignored) {
  static final String OFFSETS = "offsets";
  static final String BAGS = "bags";
  static final String LENGTHS = "lengths";
  static final String KEEP = "keep";
  static final String QUERIES = "queries";
  static final String BIAS = "bias";
  static final String COORDS = "coords";

  private static final List<String> X = List.of("x", "features", "feats");
  private static final String BAG = "bag"; // another name of bags
  private static final List<String> OTHERS =
      List.of(OFFSETS, BAGS, LENGTHS, KEEP, QUERIES, BIAS, COORDS);

  /** What people call some of them, if it is not near to our name. */
  private static final Map<String, String> MEANT =
      Map.of(
          "mask", KEEP,
          "masks", KEEP,
          "attention_mask", KEEP,
          "padding_mask", KEEP,
          "key_padding_mask", KEEP,
          "query", QUERIES,
          "coordinates", COORDS);

  private static final int NEAR = 2; // letters that differ
  private static final int MIN_LENGTH = 4; // a shorter name is near to too many

  /**
   * Picks them out of a file.
   *
   * @throws AttnPoolException if there is no x, or a name is nearly one of ours
   */
  static InputNames of(TensorFile file, Optional<String> named) {
    Map<String, TensorInfo> tensors = file.tensors();
    for (String unread : file.unreadable().keySet()) {
      String first = unread.split("\\.", 2)[0];
      if (OTHERS.contains(first) || first.equals(BAG) || meant(first).isPresent()) {
        file.tensor(unread); // which says why it cannot be read
      }
    }
    TensorInfo x = named.isPresent() ? x(file, named.get()) : x(file);
    Map<String, TensorInfo> others = new LinkedHashMap<>();
    List<String> ignored = new ArrayList<>();
    for (TensorInfo tensor : tensors.values()) {
      String name = tensor.name().equals(BAG) ? BAGS : tensor.name();
      if (tensor.name().equals(x.name())) {
        continue;
      }
      if (OTHERS.contains(name)) {
        if (others.put(name, tensor) != null) {
          throw bad(file, "there are two tensors of bag numbers, 'bags' and 'bag', must be one");
        }
        continue;
      }
      Optional<String> meant = X.contains(name) ? Optional.empty() : meant(name);
      if (meant.isPresent()) {
        throw bad(
            file,
            "there is a tensor '%s', which is not used; was '%s' meant? Rename it or leave it out"
                .formatted(Shown.text(name), meant.get()));
      }
      ignored.add(name);
    }
    return new InputNames(x, others, ignored);
  }

  private static TensorInfo x(TensorFile file, String name) {
    TensorInfo x = file.tensors().get(name);
    return x == null ? file.tensor(dotted(name)) : x; // which says what is wrong with it
  }

  /** A path in an HDF5 file, as people write it: {@code /slide/features}. */
  private static String dotted(String path) {
    return path.startsWith("/") ? path.substring(1).replace('/', '.') : path;
  }

  private static TensorInfo x(TensorFile file) {
    for (String name : X) {
      TensorInfo x = file.tensors().get(name);
      if (x != null) {
        return x;
      }
      if (file.unreadable().containsKey(name)) {
        return file.tensor(name); // which says why it cannot be read
      }
    }
    throw bad(
        file,
        "there is no tensor 'x', 'features' or 'feats', found "
            + found(file)
            + (file.tensors().isEmpty() ? "" : "; name the one that holds the rows (--x NAME)"));
  }

  private static String found(TensorFile file) {
    Set<String> names = file.tensors().keySet();
    return names.isEmpty() ? "no tensors" : Shown.names(names);
  }

  /** Returns the name that a name is nearly; empty if it is far from all. */
  private static Optional<String> meant(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (MEANT.containsKey(lower)) {
      return Optional.of(MEANT.get(lower));
    }
    return lower.length() < MIN_LENGTH
        ? Optional.empty()
        : OTHERS.stream().filter(known -> distance(lower, known) <= NEAR).findFirst();
  }

  /** Returns how many letters must be put in, left out or replaced to make one of the other. */
  private static int distance(String a, String b) {
    if (Math.abs(a.length() - b.length()) > NEAR) {
      return NEAR + 1;
    }
    int[] before = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      before[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] now = new int[b.length() + 1];
      now[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = before[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        now[j] = Math.min(replaced, 1 + Math.min(before[j], now[j - 1]));
      }
      before = now;
    }
    return before[b.length()];
  }

  private static AttnPoolException bad(TensorFile file, String problem) {
    return new AttnPoolException("read " + file.name(), problem);
  }
}
