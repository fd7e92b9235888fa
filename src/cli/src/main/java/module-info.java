/** The attnpool command. Other modules add sub-commands to it: see {@code Subcommand}. */
module io.github.attnpool.cli {
  requires transitive com.fasterxml.jackson.core;
  requires transitive info.picocli;
  requires transitive io.github.attnpool;
  requires jdk.management;
  requires org.apache.commons.statistics.descriptive;
  requires static org.jspecify;

  exports io.github.attnpool.cli;
  exports io.github.attnpool.cli.options;
  exports io.github.attnpool.cli.spi;
  exports io.github.attnpool.cli.text;

  opens io.github.attnpool.cli to
      info.picocli;
  opens io.github.attnpool.cli.bench to
      info.picocli;
  opens io.github.attnpool.cli.doctor to
      info.picocli;
  opens io.github.attnpool.cli.explain to
      info.picocli;
  opens io.github.attnpool.cli.inspect to
      info.picocli;
  opens io.github.attnpool.cli.options to
      info.picocli;
  opens io.github.attnpool.cli.run to
      info.picocli;

  uses io.github.attnpool.cli.spi.Subcommand;
}
