package io.github.attnpool.bench.peer;

import java.util.Objects;

/** Thrown if a peer cannot do a work here; the message is the reason. */
public final class NotOffered extends Exception {
  private static final long serialVersionUID = 1;

  /** Takes the reason. */
  public NotOffered(String reason) {
    super(reason);
  }

  /** Takes the reason and its cause. */
  public NotOffered(String reason, Throwable cause) {
    super(reason, cause);
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage()); // the constructors set it
  }

  /** Throws it unless a condition holds. */
  static void unless(boolean good, String reason) throws NotOffered {
    if (!good) {
      throw new NotOffered(reason);
    }
  }
}
