package io.github.attnpool.internal.backends;

import io.github.attnpool.spi.Backend;
import java.util.List;

/**
 * The backend that a name stands for.
 *
 * @param backend the one to take
 * @param notices one line for each better backend that should work here but does not, or that auto
 *     leaves alone, for the user to read: {@code backend onednn cannot be used: …; taking jvm}.
 *     Empty unless the name was {@code auto}
 */
public record BackendChoice(Backend backend, List<String> notices) {
  /** Copies the notices. */
  public BackendChoice {
    notices = List.copyOf(notices);
  }
}
