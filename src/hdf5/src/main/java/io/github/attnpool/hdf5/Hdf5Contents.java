package io.github.attnpool.hdf5;

import io.github.attnpool.format.TensorInfo;
import io.jhdf.AbstractNode;
import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.object.datatype.CompoundDataType;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.StringData;
import io.jhdf.object.datatype.VariableLength;
import io.jhdf.object.message.SymbolTableMessage;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What an HDF5 file holds, by the datasets' names. Links, which may lead to other files, are not
 * followed.
 */
final class Hdf5Contents {
  private static final int MAX_NODES = 1 << 17;
  private static final int MAX_DEPTH = 64; // of groups: jHDF walks up from each to the root
  private static final String KERAS_SUFFIX = ":0";

  private final HdfFile file;
  private final StoredElements elements;
  private final TreeCheck trees;
  private final Map<String, String> metadata;
  private final List<TensorInfo> tensors = new ArrayList<>();
  private final Map<String, StoredData> data = new LinkedHashMap<>();
  private final Map<String, String> unreadable = new LinkedHashMap<>();

  private record Place(Group group, String prefix, int depth) {}

  private Hdf5Contents(HdfFile file, MemorySegment bytes) {
    this.file = file;
    this.trees = TreeCheck.of(file, bytes);
    this.elements = new StoredElements(bytes, file.getUserBlockSize(), trees);
    this.metadata = AttributeTexts.of(file.getAttributes());
  }

  /**
   * Reads it.
   *
   * @param bytes of the file
   */
  static Hdf5Contents read(HdfFile file, MemorySegment bytes) {
    Hdf5Contents contents = new Hdf5Contents(file, bytes);
    contents.walk();
    return contents;
  }

  private void walk() {
    Deque<Place> open = new ArrayDeque<>();
    Set<Long> seen = new HashSet<>(); // a group may be in itself
    open.add(new Place(file, "", 0));
    seen.add(file.getAddress());
    int nodes = 0;
    while (!open.isEmpty()) {
      Place place = open.remove();
      checkTree(place.group());
      for (Map.Entry<String, Node> child : new TreeMap<>(place.group().getChildren()).entrySet()) {
        if (++nodes > MAX_NODES) {
          throw new IllegalArgumentException("there are more than " + MAX_NODES + " datasets");
        }
        String name = place.prefix() + child.getKey();
        switch (child.getValue()) {
          case Node link when link.isLink() ->
              unreadable.put(name(name), "is a link, which is not followed");
          case Group group when seen.add(group.getAddress()) -> {
            if (place.depth() == MAX_DEPTH) {
              throw new IllegalArgumentException("groups are nested more than 64 deep");
            }
            open.add(new Place(group, name + ".", place.depth() + 1));
          }
          case Dataset dataset -> add(name(name), dataset);
          default -> {}
        }
      }
    }
  }

  private void checkTree(Group group) {
    Node node = group == file ? file.getNodeByAddress(file.getAddress()) : group;
    if (node instanceof AbstractNode stored
        && stored.getHeader().hasMessageOfType(SymbolTableMessage.class)) {
      trees.checkGroup(
          stored.getHeader().getMessageOfType(SymbolTableMessage.class).getBTreeAddress());
    }
  }

  private static String name(String path) {
    return path.endsWith(KERAS_SUFFIX)
        ? path.substring(0, path.length() - KERAS_SUFFIX.length())
        : path;
  }

  private void add(String name, Dataset dataset) {
    StoredType type = StoredType.of(dataset.getDataType()).orElse(null);
    if (type == null) {
      unreadable.put(name, "holds " + words(dataset.getDataType()) + ", which are not read");
      return;
    }
    int[] shape = dataset.getDimensions();
    TensorInfo tensor =
        new TensorInfo(
            name,
            type.becomes(),
            Arrays.stream(shape).asLongStream().toArray(),
            AttributeTexts.of(dataset.getAttributes()));
    String problem = elements.problem(dataset, type, tensor.elements());
    if (problem.isEmpty()) {
      tensors.add(tensor);
      data.put(name, elements.open(dataset, type, tensor.elements()));
    } else {
      unreadable.put(name, problem);
    }
  }

  private static String words(DataType type) {
    return switch (type) {
      case StringData _, VariableLength _ -> "text or lists";
      case CompoundDataType _ -> "values of several parts, such as complex numbers";
      default -> "another kind of values (" + type.getClass().getSimpleName() + ")";
    };
  }

  Map<String, String> metadata() {
    return metadata;
  }

  List<TensorInfo> tensors() {
    return tensors;
  }

  /** Where the elements of each tensor are. */
  Map<String, StoredData> data() {
    return data;
  }

  /** Names of what cannot be read, with the reason. */
  Map<String, String> unreadable() {
    return unreadable;
  }
}
