package io.github.attnpool;

/**
 * The only exception that this library throws on purpose: a bad argument, a bad file, a missing
 * library or a failed native call. Its message is one line that names the operation, what was wrong
 * and what was expected; for a native failure also the library's status name and text.
 */
public final class AttnPoolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What was being done. */
  private final String operation;

  /** What was wrong and what was expected. */
  private final String problem;

  /**
   * Makes an exception without a cause.
   *
   * @param operation what was being done, for example {@code "forward"}
   * @param problem what was wrong and what was expected
   */
  public AttnPoolException(String operation, String problem) {
    super(operation + ": " + problem);
    this.operation = operation;
    this.problem = problem;
  }

  /**
   * Makes an exception with a cause.
   *
   * @param operation what was being done, for example {@code "read model.safetensors"}
   * @param problem what was wrong and what was expected
   * @param cause the failure underneath
   */
  public AttnPoolException(String operation, String problem, Throwable cause) {
    super(operation + ": " + problem, cause);
    this.operation = operation;
    this.problem = problem;
  }

  /** {@return the operation and the problem; never null} */
  @Override
  public String getMessage() {
    return operation + ": " + problem;
  }

  /** {@return what was being done when it failed} */
  public String operation() {
    return operation;
  }

  /** {@return what was wrong and what was expected: the message without the operation} */
  public String problem() {
    return problem;
  }
}
