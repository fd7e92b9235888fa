package io.github.attnpool.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** The command run in this process, with what it printed. */
public record Cli(int status, String out, String err) {

  public static Cli run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Main.run(new PrintWriter(out), new PrintWriter(err), args);
    return new Cli(status, out.toString(), err.toString());
  }

  public static Cli run(List<String> args) {
    return run(args.toArray(String[]::new));
  }
}
