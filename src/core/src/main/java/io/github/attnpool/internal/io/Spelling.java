package io.github.attnpool.internal.io;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How files and the command line spell an enum's constants: in lower case with hyphens, for example
 * {@code gelu-tanh} and {@code per-head}. Underscores are accepted too, as in {@code gelu_tanh}.
 */
public final class Spelling {
  private Spelling() {}

  /** Returns the name of a constant. */
  public static String of(Enum<?> constant) {
    return hyphened(constant.name().toLowerCase(Locale.ROOT));
  }

  /** Returns the names of all constants, in their order. */
  public static List<String> all(Class<? extends Enum<?>> type) {
    return Arrays.stream(type.getEnumConstants()).map(Spelling::of).toList();
  }

  /** Returns the constant of that name; empty if there is none. */
  public static <E extends Enum<E>> Optional<E> read(Class<E> type, String name) {
    String hyphened = hyphened(name);
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> of(constant).equals(hyphened))
        .findFirst();
  }

  private static String hyphened(String name) {
    return name.replace('_', '-');
  }
}
