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
   * Makes the choice of one option.
   *
   * @param command the command that has the option
   * @param option the option's name, for example {@code --plan}
   * @param known names that are not wrong usage, whether they are available here or not
   */
  public Choice(CommandLine command, String option, String... known) {
    this.command = command;
    this.option = option;
    this.known = new LinkedHashSet<>(Arrays.asList(known));
  }

  /**
   * Checks that a name is available.
   *
   * @param offered names that are available
   * @param name what the user wrote
   * @return the name
   * @throws ParameterException if the name is unknown
   * @throws AttnPoolException if it is known, but not available
   */
  public String oneOf(Collection<String> offered, String name) {
    if (!offered.contains(knownOneOf(offered, name))) {
      throw new AttnPoolException(
          option, "'" + name + "' is not available in this version" + must(offered));
    }
    return name;
  }

  /**
   * Checks that a name is not wrong usage: it is available here, or known from elsewhere.
   *
   * @param offered names that are available
   * @param name what the user wrote
   * @return the name
   * @throws ParameterException if the name is unknown
   */
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

  /**
   * Finds the constant of a name.
   *
   * @param <E> the enum
   * @param type class of the enum
   * @param name what the user wrote
   * @return the constant
   * @throws ParameterException if the name is unknown
   * @throws AttnPoolException if it is known, but the enum has no such constant
   */
  public <E extends Enum<E>> E constant(Class<E> type, String name) {
    String spelled = Spelling.read(type, name).map(Spelling::of).orElse(name);
    return Spelling.read(type, oneOf(names(type), spelled)).orElseThrow();
  }

  /**
   * {@return the names of an enum's constants on the command line}
   *
   * @param type class of the enum
   */
  public static List<String> names(Class<? extends Enum<?>> type) {
    return Spelling.all(type);
  }

  /**
   * {@return the name of a constant on the command line}
   *
   * @param constant of an enum
   */
  public static String name(Enum<?> constant) {
    return Spelling.of(constant);
  }
}
