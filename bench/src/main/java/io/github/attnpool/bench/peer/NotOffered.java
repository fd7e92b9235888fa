package io.github.attnpool.bench.peer;

/** A peer cannot do some work here; the message is the reason. */
public final class NotOffered extends Exception {
  private static final long serialVersionUID = 1;

  /** With its reason. */
  public NotOffered(String reason) {
    super(reason);
  }

  /** With its reason, and where that came from. */
  public NotOffered(String reason, Throwable cause) {
    super(reason, cause);
  }

  /** Throws it where something that the work needs is not so. */
  static void unless(boolean good, String reason) throws NotOffered {
    if (!good) {
      throw new NotOffered(reason);
    }
  }
}
