package io.github.attnpool.cli.spi;

/** Exit statuses of the command and its sub-commands. */
public final class ExitStatus {
  /** Success. */
  public static final int GOOD = 0;

  /** Failure: a bad file, a missing library, … */
  public static final int FAILED = 1;

  /** Wrong usage. */
  public static final int USAGE = 2;

  /** Results differ from those expected. */
  public static final int DIFFERENT = 3;

  private ExitStatus() {}
}
