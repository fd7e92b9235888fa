package io.github.attnpool.example;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.internal.io.FileProblem;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The e-mails that the bundled model was tested on in PyTorch, and what came out there. Names and
 * hashes tie each row to its e-mail.
 */
final class TestSplit {
  private static final int HASH = 32;

  private final StoredLogits logits;
  private final long[] labels;
  private final long[] words;
  private final byte[] hashes;
  private final List<String> names;

  private TestSplit(
      StoredLogits logits, long[] labels, long[] words, byte[] hashes, List<String> names) {
    this.logits = logits;
    this.labels = labels;
    this.words = words;
    this.hashes = hashes;
    this.names = names;
  }

  /** Reads the file that {@code scripts/example/train-example.py} has written. */
  static TestSplit read(Path path) {
    try (TensorFile file = TensorFile.open(path)) {
      byte[] names = bytes(file, "names");
      TestSplit split =
          new TestSplit(
              StoredLogits.of(file),
              file.longs("labels"),
              file.longs("words"),
              bytes(file, "sha256"),
              new String(names, StandardCharsets.UTF_8).lines().toList());
      split.checkSizes(path);
      return split;
    }
  }

  private void checkSizes(Path path) {
    int rows = names.size();
    if (labels.length != rows || words.length != rows || hashes.length != rows * HASH) {
      throw new AttnPoolException("read " + path, "its tensors must have " + rows + " rows each");
    }
  }

  private static byte[] bytes(TensorFile file, String name) {
    try (Arena arena = Arena.ofConfined()) {
      return file.load(name, arena).data().toArray(ValueLayout.JAVA_BYTE);
    }
  }

  /**
   * The e-mails, in the order of the rows.
   *
   * @param corpus folder with {@code spam-1}, {@code easy-ham-1}, …
   * @throws AttnPoolException if the folder or one of them is missing, or is another one than
   *     PyTorch saw
   */
  List<byte[]> emails(Path corpus) {
    if (!Files.isDirectory(corpus)) {
      throw new AttnPoolException("read " + corpus, "there is no such folder");
    }
    MessageDigest sha256 = sha256();
    List<byte[]> emails = new ArrayList<>(size());
    for (int row = 0; row < size(); row++) {
      Path file = corpus.resolve(names.get(row));
      byte[] email;
      try {
        email = Files.readAllBytes(file);
      } catch (IOException e) {
        throw new AttnPoolException("read " + file, FileProblem.of(e), e);
      }
      byte[] expected = Arrays.copyOfRange(hashes, row * HASH, (row + 1) * HASH);
      if (!Arrays.equals(sha256.digest(email), expected)) {
        throw new AttnPoolException(
            "read " + file, "is not the e-mail of that name that PyTorch's logits are of");
      }
      emails.add(email);
    }
    return emails;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** Fails unless every document has as many known words as in PyTorch. */
  void checkWords(List<Document> documents) {
    for (int row = 0; row < size(); row++) {
      if (documents.get(row).length() != words[row]) {
        throw new AttnPoolException(
            "evaluate",
            String.format(
                Locale.ROOT,
                "%s has %d known words, had %d in PyTorch: tokenizer or vocabulary differ",
                names.get(row),
                documents.get(row).length(),
                words[row]));
      }
    }
  }

  /** Number of e-mails. */
  int size() {
    return names.size();
  }

  /** Index of an e-mail's true label. */
  int label(int row) {
    return (int) labels[row];
  }

  /** What PyTorch says. */
  StoredLogits logits() {
    return logits;
  }
}
