/** The spam/ham example, as sub-commands of attnpool. */
module io.github.attnpool.example {
  requires com.fasterxml.jackson.core;
  requires info.picocli;
  requires io.github.attnpool;
  requires io.github.attnpool.cli;
  requires static org.jspecify;

  opens io.github.attnpool.example to
      info.picocli;

  provides io.github.attnpool.cli.spi.Subcommand with
      io.github.attnpool.example.ClassifyCommand,
      io.github.attnpool.example.DemoCommand,
      io.github.attnpool.example.EvaluateCommand;
}
