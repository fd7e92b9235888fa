package io.github.attnpool.bindings;

import java.io.IOException;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SequenceLayout;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the generated classes of a library say, found by reflection and without loading the library:
 * the width and value of each constant, the layout of each struct, the carriers of each function.
 */
final class BindingFacts {
  private BindingFacts() {}

  static Map<String, String> of(BoundLibrary library) throws Exception {
    Map<String, String> facts = new TreeMap<>();
    List<Method> methods =
        Arrays.stream(library.headerClass().getMethods())
            .filter(method -> Modifier.isStatic(method.getModifiers()))
            .toList();
    Set<String> names = methods.stream().map(Method::getName).collect(Collectors.toSet());
    for (Method method : methods) {
      String name = method.getName();
      if (names.contains(name + "$descriptor")) {
        facts.put("function " + name, carriers(method));
      } else if (!name.contains("$")) {
        facts.put("constant " + name, value(method));
      }
    }
    for (String struct : structNames(library)) {
      putStruct(facts, struct, layout(library, struct).orElseThrow());
    }
    return facts;
  }

  /** The bound fields of a struct, in order; none when it is not bound. */
  static List<String> fieldNames(BoundLibrary library, String struct) throws Exception {
    return layout(library, struct).stream()
        .flatMap(layout -> layout.memberLayouts().stream())
        .flatMap(member -> member.name().stream())
        .toList();
  }

  /** C's zero for each of these fields, in order. */
  static List<String> fieldZeros(BoundLibrary library, String struct) throws Exception {
    return layout(library, struct).map(BindingFacts::memberZeros).orElse(List.of());
  }

  private static List<String> memberZeros(GroupLayout layout) {
    return layout.memberLayouts().stream()
        .filter(member -> member.name().isPresent())
        .map(BindingFacts::zero)
        .toList();
  }

  private static String zero(MemoryLayout layout) {
    return switch (layout) {
      case GroupLayout group -> "{" + String.join(", ", memberZeros(group)) + "}";
      case SequenceLayout array -> "{" + zero(array.elementLayout()) + "}";
      default -> "0";
    };
  }

  private static String carriers(Method method) {
    return Stream.concat(
            Stream.of(method.getReturnType()), Arrays.stream(method.getParameterTypes()))
        .map(type -> type == MemorySegment.class ? "pointer" : type.getSimpleName())
        .collect(Collectors.joining(" "));
  }

  private static String value(Method constant) throws ReflectiveOperationException {
    int width = constant.getReturnType() == long.class ? Long.BYTES : Integer.BYTES;
    return "%d bytes, %d".formatted(width, ((Number) constant.invoke(null)).longValue());
  }

  private static void putStruct(Map<String, String> facts, String struct, GroupLayout layout) {
    facts.put(
        "struct " + struct,
        "%d bytes, aligned %d".formatted(layout.byteSize(), layout.byteAlignment()));
    for (MemoryLayout member : layout.memberLayouts()) {
      member
          .name()
          .ifPresent(
              name ->
                  facts.put(
                      "field " + struct + "." + name,
                      "at %d, %d bytes"
                          .formatted(
                              layout.byteOffset(PathElement.groupElement(name)),
                              member.byteSize())));
    }
  }

  /**
   * Every generated class but the header class and its lookup is a struct, or a part of the header
   * class.
   */
  private static List<String> structNames(BoundLibrary library) throws IOException {
    String header = library.headerClass().getSimpleName();
    try (Stream<Path> files = Files.list(library.generatedSources())) {
      return files
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .filter(name -> !name.startsWith(header) && !name.equals("SymbolLookup"))
          .sorted()
          .toList();
    }
  }

  private static Optional<GroupLayout> layout(BoundLibrary library, String struct)
      throws ReflectiveOperationException {
    try {
      Class<?> type = Class.forName(library.headerClass().getPackageName() + "." + struct);
      return Optional.of((GroupLayout) type.getMethod("layout").invoke(null));
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    }
  }
}
