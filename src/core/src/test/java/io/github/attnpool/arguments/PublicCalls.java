package io.github.attnpool.arguments;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds every public method and constructor of the packages that the module exports to all. */
final class PublicCalls {
  private static final Pattern EXPORTED = Pattern.compile("exports ([\\w.]+);");

  /** Written by the compiler or fixed by the language. */
  private static final Set<String> LEFT_OUT =
      Set.of("equals", "hashCode", "compareTo", "values", "valueOf");

  private PublicCalls() {}

  static List<Class<?>> types() throws IOException {
    List<Class<?>> types = new ArrayList<>();
    Matcher exported =
        EXPORTED.matcher(Files.readString(Path.of("src/main/java/module-info.java")));
    while (exported.find()) {
      try (Stream<Path> files =
          Files.list(classes().resolve(exported.group(1).replace('.', '/')))) {
        for (Path file : files.sorted().toList()) {
          String name = file.getFileName().toString();
          if (name.endsWith(".class") && !name.equals("package-info.class")) {
            add(types, exported.group(1) + "." + name.replace(".class", ""));
          }
        }
      }
    }
    return types;
  }

  private static Path classes() {
    try {
      return Path.of(
          AttentionPooling.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void add(List<Class<?>> types, String name) {
    try {
      Class<?> type = Class.forName(name, false, PublicCalls.class.getClassLoader());
      if (isPublic(type) && type != AttnPoolException.class) {
        types.add(type);
      }
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isPublic(Class<?> type) {
    Class<?> outer = type.getDeclaringClass();
    return Modifier.isPublic(type.getModifiers()) && (outer == null || isPublic(outer));
  }

  /** In an order that does not change. */
  static List<Executable> of(Class<?> type) {
    Stream<Executable> made =
        Modifier.isAbstract(type.getModifiers())
            ? Stream.of()
            : Arrays.stream(type.getConstructors());
    Stream<Executable> called =
        Arrays.stream(type.getMethods())
            .filter(method -> method.getDeclaringClass() == type)
            .filter(method -> !method.isSynthetic() && hasCode(method))
            .filter(method -> !LEFT_OUT.contains(method.getName()))
            .map(Executable.class::cast);
    return Stream.concat(made, called)
        .sorted((a, b) -> a.toGenericString().compareTo(b.toGenericString()))
        .toList();
  }

  private static boolean hasCode(Method method) {
    return !Modifier.isAbstract(method.getModifiers());
  }
}
