package io.github.attnpool.internal.natives;

import io.github.attnpool.AttnPoolException;
import org.jspecify.annotations.Nullable;

/** Why a library cannot be used; within this package, users get {@link #asException}. */
final class LoadFailure extends RuntimeException implements Loading {
  private static final long serialVersionUID = 1L;

  private final String problem;
  private final boolean ofSetting;

  /**
   * @param ofSetting whether what failed is what the user named, by a property or a variable
   */
  LoadFailure(String problem, boolean ofSetting, @Nullable Throwable cause) {
    super(problem, cause);
    this.problem = problem;
    this.ofSetting = ofSetting;
  }

  boolean ofSetting() {
    return ofSetting;
  }

  /** Each time a new one, with the stack of who asks. */
  AttnPoolException asException() {
    Throwable cause = getCause();
    return cause == null
        ? new AttnPoolException("load library", problem)
        : new AttnPoolException("load library", problem, cause);
  }
}
