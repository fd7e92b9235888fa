package io.github.attnpool.cli;

import io.github.attnpool.AttnPoolException;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * An option that takes one of several names. A name that is no name at all is wrong usage; one that
 * the command line knows, but this version or build does not offer, is a failure.
 */
final class Choice {
  private final CommandLine command;
  private final String option;
  private final Set<String> known;

  /**
   * @param known names that are no wrong usage, whether they are offered here or not
   */
  Choice(CommandLine command, String option, String... known) {
    this.command = command;
    this.option = option;
    this.known = new LinkedHashSet<>(Arrays.asList(known));
  }

  /** The given name, if it is among those offered. */
  String oneOf(Collection<String> offered, String name) {
    if (offered.contains(name)) {
      return name;
    }
    String must = ", must be one of " + String.join(", ", offered);
    if (known.contains(name)) {
      throw new AttnPoolException(option, "'" + name + "' is not available in this version" + must);
    }
    throw new ParameterException(
        command, "Invalid value for option '" + option + "': '" + name + "'" + must);
  }

  /** The constant that is the name in upper case. */
  <E extends Enum<E>> E constant(Class<E> type, String name) {
    return Enum.valueOf(type, oneOf(names(type), name).toUpperCase(Locale.ROOT));
  }

  /** An enum's constants as they are written on the command line. */
  static List<String> names(Class<? extends Enum<?>> type) {
    return Arrays.stream(type.getEnumConstants()).map(Choice::name).toList();
  }

  /** A constant as it is written on the command line. */
  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
