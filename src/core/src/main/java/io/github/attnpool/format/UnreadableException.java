package io.github.attnpool.format;

/**
 * Says why a tensor of a sound file cannot be read. Its message is the end of a sentence that
 * begins with the tensor's name.
 */
final class UnreadableException extends Exception {
  private static final long serialVersionUID = 1L;

  UnreadableException(String reason) {
    super(reason, null, false, false);
  }

  /** {@return the reason} */
  String reason() {
    return String.valueOf(getMessage());
  }
}
