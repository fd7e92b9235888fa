package io.github.attnpool.cli.spi;

import java.util.concurrent.Callable;

/**
 * A sub-command: a class with picocli's annotation {@code Command}, which names it. Another module
 * adds one by providing this service; its class needs a public constructor without parameters, and
 * its package must be open to picocli.
 */
public interface Subcommand extends Callable<Integer> {
  /**
   * Runs after picocli has set the options.
   *
   * @return one of {@link ExitStatus}
   * @throws io.github.attnpool.AttnPoolException if it fails
   * @throws picocli.CommandLine.ParameterException if its options are wrong usage
   */
  @Override
  Integer call();
}
