package io.github.attnpool.internal.io;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says in plain words why a file operation failed. */
public final class FileProblem {
  private FileProblem() {}

  /** Returns the reason as the end of a sentence that begins with the file's name. */
  public static String of(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "permission denied";
      case ClosedChannelException _ -> "the file is closed";
      case CharacterCodingException _ -> "is not UTF-8 text";
      case FileSystemException f when f.getReason() != null -> f.getReason();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}
