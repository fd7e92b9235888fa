package io.github.attnpool.internal.natives;

import java.util.ArrayList;
import java.util.List;

/** What was tried to load a library, in order, with what came of it. */
final class LoadAttempts {
  private final String library;
  private final List<String> attempts = new ArrayList<>();

  LoadAttempts(String library) {
    this.library = library;
  }

  void failed(String what, String why) {
    attempts.add(what + " (" + why.replace('\n', ' ') + ")");
  }

  @Override
  public String toString() {
    return library + " could not be loaded; tried: " + String.join("; ", attempts);
  }
}
