package io.github.attnpool.example;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of the trained example, which are resources of this module, in a folder of their own
 * while they are needed: safetensors files are mapped, and a resource cannot be.
 */
final class BundledExample implements AutoCloseable {
  static final String TEST_LOGITS = "test-logits.safetensors";
  static final String MESSAGE_LOGITS = "message-logits.safetensors";

  /** Names of the bundled messages, in the order of their stored logits. */
  static final List<String> MESSAGES =
      List.of(
          "1-patch.txt",
          "2-prize.txt",
          "3-lunch.txt",
          "4-mortgage.txt",
          "5-meeting.txt",
          "6-herbal.txt");

  private static final String RESOURCES = "/io/github/attnpool/example/";
  private static final List<String> FILES =
      List.of("model.safetensors", "vocabulary.txt", TEST_LOGITS, MESSAGE_LOGITS);

  private final Path folder;

  private BundledExample(Path folder) {
    this.folder = folder;
  }

  /** Copies the files to a new temporary folder. */
  static BundledExample open() {
    try {
      BundledExample example = new BundledExample(Files.createTempDirectory("attnpool-example"));
      try {
        for (String name : FILES) {
          Files.write(example.file(name), resource(name));
        }
        return example;
      } catch (IOException e) {
        example.close();
        throw e;
      }
    } catch (IOException e) {
      throw new AttnPoolException(
          "unpack the example",
          FileProblem.of(e) + " in the temporary folder; -Djava.io.tmpdir=DIR names another",
          e);
    }
  }

  /** The trained model. */
  TextModel model() {
    return TextModel.read(folder);
  }

  /** Where a file is, until this is closed. */
  Path file(String name) {
    return folder.resolve(name);
  }

  /** The bundled messages' bytes, in the order of {@link #MESSAGES}. */
  static List<byte[]> messages() {
    List<byte[]> messages = new ArrayList<>();
    for (String name : MESSAGES) {
      try {
        messages.add(resource("messages/" + name));
      } catch (IOException e) {
        throw new AttnPoolException("read the message " + name, FileProblem.of(e), e);
      }
    }
    return messages;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = BundledExample.class.getResourceAsStream(RESOURCES + name)) {
      if (in == null) {
        throw new IOException("the resource " + name + " is missing");
      }
      return in.readAllBytes();
    }
  }

  /** Deletes the folder. What cannot be deleted is left to the system's own cleaning. */
  @Override
  public void close() {
    try {
      for (String name : FILES) {
        Files.deleteIfExists(file(name));
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // A leftover in the temporary folder harms nothing, a failed command would.
      System.getLogger(BundledExample.class.getName())
          .log(System.Logger.Level.DEBUG, "left behind: " + folder, e);
    }
  }
}
