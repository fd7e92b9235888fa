package io.github.attnpool.cli.options;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.Spelling;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * An option that takes one of several names. An unknown name is wrong usage; a name that is known,
 * but not available in this version or build, is a failure.
 */
public final class Choice {
  private final CommandLine command;
  private final String option;
  private final Set<String> known;

  /**
   * @param known names that are not wrong usage, whether they are available here or not
   */
  public Choice(CommandLine command, String option, String... known) {
    this.command = command;
    this.option = option;
    this.known = new LinkedHashSet<>(Arrays.asList(known));
  }

  /** Returns the name, if it is available. */
  public String oneOf(Collection<String> offered, String name) {
    if (!offered.contains(knownOneOf(offered, name))) {
      throw new AttnPoolException(
          option, "'" + name + "' is not available in this version" + must(offered));
    }
    return name;
  }

  /** Returns the name, if it is not wrong usage: available here, or known from elsewhere. */
  public String knownOneOf(Collection<String> offered, String name) {
    if (!offered.contains(name) && !known.contains(name)) {
      throw new ParameterException(
          command, "Invalid value for option '" + option + "': '" + name + "'" + must(offered));
    }
    return name;
  }

  private static String must(Collection<String> offered) {
    return ", must be one of " + String.join(", ", offered);
  }

  /** Returns the constant of that name. */
  public <E extends Enum<E>> E constant(Class<E> type, String name) {
    String spelled = Spelling.read(type, name).map(Spelling::of).orElse(name);
    return Spelling.read(type, oneOf(names(type), spelled)).orElseThrow();
  }

  /** Returns the names of an enum's constants on the command line. */
  public static List<String> names(Class<? extends Enum<?>> type) {
    return Spelling.all(type);
  }

  /** Returns the name of a constant on the command line. */
  public static String name(Enum<?> constant) {
    return Spelling.of(constant);
  }
}
