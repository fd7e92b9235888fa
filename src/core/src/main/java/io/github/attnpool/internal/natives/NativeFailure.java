package io.github.attnpool.internal.natives;

/** For what a native function's handle is declared to throw, and a native function never does. */
public final class NativeFailure {
  private NativeFailure() {}

  /** Rethrows what may be thrown anywhere; anything else is a fault of this program. */
  public static AssertionError unexpected(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    if (e instanceof RuntimeException exception) {
      throw exception;
    }
    return new AssertionError(e);
  }
}
