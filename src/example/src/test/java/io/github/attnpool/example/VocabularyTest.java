package io.github.attnpool.example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyTest {
  @TempDir private Path folder;

  @Test
  void numbersWordsByTheirLines() throws IOException {
    Vocabulary vocabulary = vocabulary("the\nof\n!\n");
    assertEquals(3, vocabulary.size());
    assertEquals("!", vocabulary.word(2));
    assertArrayEquals(
        new int[] {2, 0, 0}, vocabulary.numbers(List.of("!", "unknown", "the", "the"), 9));
  }

  @Test
  void cutsAfterTheMostKnownWords() throws IOException {
    Vocabulary vocabulary = vocabulary("the\nof\n");
    List<String> words = List.of("unknown", "the", "unknown", "of", "of");
    assertArrayEquals(new int[] {0, 1}, vocabulary.numbers(words, 2));
    assertArrayEquals(new int[] {}, vocabulary.numbers(List.of(), 2));
  }

  @Test
  void namesTheLineAtFault() {
    assertMessage("line 3 repeats the word 'the'", "the\nof\nthe\n");
    assertMessage("line 2 is empty", "the\n\nof\n");
  }

  @Test
  void namesTheMissingFile() {
    Path file = folder.resolve("missing.txt");
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> Vocabulary.read(file));
    assertEquals("read " + file + ": there is no such file", e.getMessage());
  }

  private void assertMessage(String problem, String text) {
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> vocabulary(text));
    assertEquals(
        "read " + folder.resolve("vocabulary.txt") + ": " + problem + ", must be a word of its own",
        e.getMessage());
  }

  private Vocabulary vocabulary(String text) throws IOException {
    return Vocabulary.read(Files.writeString(folder.resolve("vocabulary.txt"), text));
  }
}
