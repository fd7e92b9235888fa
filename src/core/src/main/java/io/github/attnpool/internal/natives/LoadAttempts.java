package io.github.attnpool.internal.natives;

import io.github.attnpool.bindings.NativeCode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What was tried to load a library, in order, with what came of it. Never throws. */
public final class LoadAttempts {
  private final List<String> attempts = new ArrayList<>();
  private final UnaryOperator<String> hint;
  private Optional<Throwable> cause = Optional.empty();
  private boolean accessDenied;

  /** Notes attempts with the linker's messages as they are. */
  public LoadAttempts() {
    this(_ -> "");
  }

  /**
   * @param hint what to add to a message of the linker
   */
  LoadAttempts(UnaryOperator<String> hint) {
    this.hint = hint;
  }

  /** Notes an attempt. */
  public void failed(String what, String why) {
    attempts.add(what + " (" + why.replace('\n', ' ') + ")");
  }

  /** Notes an attempt that ended with an exception. */
  void failed(String what, String why, Throwable reason) {
    failed(what, why);
    cause = Optional.of(reason);
  }

  /** Returns whether nothing has failed. */
  public boolean isEmpty() {
    return attempts.isEmpty();
  }

  /** Returns the exception of the last attempt that had one. */
  Optional<Throwable> cause() {
    return cause;
  }

  /** Returns whether this JVM was started without native access. */
  boolean accessDenied() {
    return accessDenied;
  }

  /** Returns the file that a property names; empty, with the reason noted, if there is no such. */
  public Optional<Path> named(String property) {
    String name = System.getProperty(property);
    try {
      Path file = Path.of(name).toAbsolutePath();
      if (Files.isRegularFile(file)) {
        return Optional.of(file);
      }
      failed("-D" + property + "=" + file, "there is no such file");
    } catch (InvalidPathException e) {
      failed("-D" + property + "=" + name, String.valueOf(e.getMessage()), e);
    }
    return Optional.empty();
  }

  /** Loads a file; returns whether that worked, and notes why not. */
  public boolean load(Path file, String what) {
    try {
      NativeCode.load(file);
      return true;
    } catch (UnsatisfiedLinkError e) {
      String message = String.valueOf(e.getMessage());
      failed(what, message + hint.apply(message), e);
    } catch (IllegalCallerException e) {
      Module caller = NativeCode.class.getModule();
      accessDenied = true;
      failed(
          what,
          "native access is denied; start java with --enable-native-access="
              + (caller.isNamed() ? caller.getName() : "ALL-UNNAMED"),
          e);
    }
    return false;
  }

  @Override
  public String toString() {
    return "could not be loaded; tried: " + String.join("; ", attempts);
  }
}
