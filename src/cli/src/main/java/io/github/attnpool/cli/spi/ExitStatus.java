package io.github.attnpool.cli.spi;

/** Exit statuses of the command. */
public final class ExitStatus {
  /** It did what it was asked for. */
  public static final int GOOD = 0;

  /** It could not: a bad file, a missing library, … */
  public static final int FAILED = 1;

  /** It was called in a wrong way. */
  public static final int USAGE = 2;

  /** It ran, but results differ from what was expected of them. */
  public static final int DIFFERENT = 3;

  private ExitStatus() {}
}
