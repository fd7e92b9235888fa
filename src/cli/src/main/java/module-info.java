/** The attnpool command. */
module io.github.attnpool.cli {
  requires com.fasterxml.jackson.core;
  requires info.picocli;
  requires io.github.attnpool;
  requires jdk.management;
  requires static org.jspecify;

  opens io.github.attnpool.cli to
      info.picocli;
  opens io.github.attnpool.cli.bench to
      info.picocli;
  opens io.github.attnpool.cli.classify to
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
}
