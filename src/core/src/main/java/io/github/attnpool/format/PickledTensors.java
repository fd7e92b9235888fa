package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.FileLimits;
import io.github.attnpool.internal.io.Shown;
import io.github.attnpool.internal.pickle.PickleValue;
import io.github.attnpool.internal.pickle.PickleValue.Constant;
import io.github.attnpool.internal.pickle.PickleValue.Dictionary;
import io.github.attnpool.internal.pickle.PickleValue.Instance;
import io.github.attnpool.internal.pickle.PickleValue.Sequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Names the tensors in what a pickle holds: keys of dictionaries and indexes of lists, joined by
 * dots. A whole module gives the names that its state_dict would have.
 */
final class PickledTensors {
  private static final int MAX_DEPTH = 200;

  /** Values looked at, and characters of all names: what one pickle shares may be many. */
  private static final long MAX_VALUES = 10_000_000;

  private static final long MAX_CHARACTERS = 1 << 25;

  private final String operation;
  private final PickledTensor.Storages storages;
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
  private final Map<String, String> unreadable = new LinkedHashMap<>();
  private long values;
  private long characters;

  /**
   * @param operation what exceptions begin with
   */
  PickledTensors(String operation, PickledTensor.Storages storages) {
    this.operation = operation;
    this.storages = storages;
  }

  /**
   * Finds the tensors in a value.
   *
   * @param format of the file
   */
  static StoredTensorFile.Contents find(
      String operation, String format, PickleValue value, PickledTensor.Storages storages)
      throws IOException {
    PickledTensors found = new PickledTensors(operation, storages);
    found.walk("", value, 0);
    if (found.tensors.isEmpty() && found.unreadable.isEmpty()) {
      throw found.bad(
          "it holds no tensor and no array"
              + (value instanceof Instance object
                  ? ", but a " + Shown.text(object.type().path())
                  : "")
              + ": save arrays by torch.save or numpy.savez");
    }
    return new StoredTensorFile.Contents(
        format, metadata(value), new ArrayList<>(found.tensors.values()), found.unreadable);
  }

  /** The texts and numbers of the outermost dictionary. */
  private static Map<String, String> metadata(PickleValue value) {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (value instanceof Dictionary dictionary) {
      dictionary
          .items()
          .forEach(
              (key, item) -> {
                if (key instanceof String name
                    && item instanceof Constant(Object plain)
                    && plain != PickleValue.None.NONE) {
                  metadata.put(name, plain.toString());
                }
              });
    }
    return metadata;
  }

  private void walk(String name, PickleValue value, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw bad("its values are nested more than " + MAX_DEPTH + " deep, or contain themselves");
    }
    if (++values > MAX_VALUES) {
      throw bad("it has more than " + MAX_VALUES + " values: is it a bomb?");
    }
    switch (value) {
      case PickledTensor tensor -> add(name.isEmpty() ? TensorFile.BARE : name, tensor);
      case Dictionary dictionary -> walk(name, dictionary, depth);
      case Sequence sequence when depth == 1 && isNumbers(sequence) -> // deeper they are settings
          unreadable.putIfAbsent(name, "is a list of numbers, must be a tensor");
      case Sequence sequence -> {
        int index = 0;
        for (PickleValue item : sequence.items()) {
          if (item instanceof Constant) {
            values++; // of which there may be many
          } else {
            walk(child(name, Integer.toString(index)), item, depth + 1);
          }
          index++;
        }
      }
      case Instance object when object.state() instanceof Dictionary state && isModule(state) ->
          module(name, state, depth);
      case Instance object -> {
        int before = tensors.size() + unreadable.size();
        walk(name, object.entries(), depth);
        walk(name, object.items(), depth + 1);
        if (tensors.size() + unreadable.size() == before && isArray(object.type())) {
          unreadable.putIfAbsent(
              name.isEmpty() ? TensorFile.BARE : name,
              "is a %s, which is not read".formatted(Shown.text(object.type().path())));
        }
      }
      default -> {}
    }
  }

  private void walk(String name, Dictionary dictionary, int depth) throws IOException {
    for (Map.Entry<Object, PickleValue> item : dictionary.items().entrySet()) {
      if (item.getKey() instanceof String || item.getKey() instanceof Number) {
        walk(child(name, item.getKey().toString()), item.getValue(), depth + 1);
      } else if (item.getValue() instanceof PickledTensor) {
        unreadable.putIfAbsent(child(name, "?"), "has a key that is no text and no number");
      }
    }
  }

  private static boolean isNumbers(Sequence sequence) {
    return !sequence.items().isEmpty()
        && sequence.items().stream()
            .allMatch(
                item ->
                    item instanceof Constant(Object plain)
                        && (plain instanceof Number || plain instanceof Boolean));
  }

  /** Whether it is a kind of array that is not known here; other objects say what is on a disk. */
  private static boolean isArray(PickleValue.Global type) {
    return type.name().toLowerCase(Locale.ROOT).matches(".*(tensor|array|matrix|parameter).*");
  }

  private static boolean isModule(Dictionary state) {
    return state.get("_parameters") != null && state.get("_modules") != null;
  }

  /** As Module.state_dict: own parameters, own buffers that are to be saved, then inner modules. */
  private void module(String name, Dictionary state, int depth) throws IOException {
    for (String kind : List.of("_parameters", "_buffers", "_modules")) {
      if (state.get(kind) instanceof Dictionary members) {
        for (Map.Entry<Object, PickleValue> member : members.items().entrySet()) {
          if (member.getKey() instanceof String key && !isTemporary(state, kind, key)) {
            walk(child(name, key), member.getValue(), depth + 1);
          }
        }
      }
    }
  }

  private static boolean isTemporary(Dictionary state, String kind, String key) {
    return kind.equals("_buffers")
        && state.get("_non_persistent_buffers_set") instanceof Sequence names
        && names.items().contains(new Constant(key));
  }

  private String child(String name, String key) {
    characters += name.length() + key.length() + 1;
    if (characters > MAX_CHARACTERS) {
      throw bad("its names have more than " + MAX_CHARACTERS + " characters: is it a bomb?");
    }
    return name.isEmpty() ? key : name + "." + key;
  }

  private void add(String name, PickledTensor tensor) throws IOException {
    if (tensors.containsKey(name) || unreadable.containsKey(name)) {
      throw bad("there are two tensors '" + Shown.text(name) + "'");
    }
    FileLimits.checkTensors(operation, tensors.size() + unreadable.size() + 1);
    try {
      tensors.put(name, tensor.locate(name, storages));
    } catch (UnreadableException e) {
      unreadable.put(name, e.reason());
    }
  }

  private AttnPoolException bad(String problem) {
    return new AttnPoolException(operation, problem);
  }
}
