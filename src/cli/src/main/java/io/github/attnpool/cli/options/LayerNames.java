package io.github.attnpool.cli.options;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.backends.Backends;
import io.github.attnpool.spi.Backend;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Reads the values of options that say how a layer runs. Each method fails with a {@link
 * ParameterException} if the value is wrong usage.
 */
public final class LayerNames {

  private final CommandLine command;

  /**
   * Makes a reader of a command's options.
   *
   * @param command the command, which errors name
   */
  public LayerNames(CommandLine command) {
    this.command = command;
  }

  /**
   * Reads a backend that this version has, or {@code auto}. A device may follow, as in {@code
   * cuda:1}.
   *
   * @param name what the user wrote
   * @return the name, with the device
   * @throws ParameterException if it is unknown
   * @throws io.github.attnpool.AttnPoolException if it is one that only other versions have
   */
  public String backend(String name) {
    backends().oneOf(offered(), plain(name));
    return name;
  }

  /**
   * Reads a backend that some version has, or {@code auto}.
   *
   * @param name what the user wrote
   * @return the name, with the device
   * @throws ParameterException if it is unknown
   */
  public String knownBackend(String name) {
    backends().knownOneOf(offered(), plain(name));
    return name;
  }

  /** Returns the name without the device that may follow. */
  private static String plain(String backend) {
    return backend.matches("cuda:\\d+") ? "cuda" : backend;
  }

  private Choice backends() {
    return new Choice(command, "--backend", "onednn", "cuda", "jvm");
  }

  private static List<String> offered() {
    return Stream.concat(Stream.of("auto"), Backends.all().stream().map(Backend::name)).toList();
  }

  /**
   * Reads a precision.
   *
   * @param name what the user wrote
   * @return the precision
   * @throws ParameterException if it is unknown
   */
  public Precision precision(String name) {
    return new Choice(command, "--precision", "f32", "bf16").constant(Precision.class, name);
  }

  /**
   * Reads a plan.
   *
   * @param name what the user wrote
   * @return the plan
   * @throws ParameterException if it is unknown
   */
  public Plan plan(String name) {
    return new Choice(command, "--plan", "fused", "staged").constant(Plan.class, name);
  }

  /**
   * Checks a number of threads.
   *
   * @param threads what the user wrote
   * @return the number
   * @throws ParameterException if it is not 1 to 1024
   */
  public int threads(int threads) {
    if (threads < 1 || threads > AttentionPooling.Builder.MAX_THREADS) {
      throw new ParameterException(
          command,
          String.format(
              Locale.ROOT,
              "Invalid value for option '--threads': '%d', must be 1 to %d",
              threads,
              AttentionPooling.Builder.MAX_THREADS));
    }
    return threads;
  }
}
