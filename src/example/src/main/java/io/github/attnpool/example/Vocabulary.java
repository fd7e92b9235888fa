package io.github.attnpool.example;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.FileProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The words that a model knows; a word's number is its row in the embedding. */
final class Vocabulary {
  private final List<String> words;
  private final Map<String, Integer> numbers;

  private Vocabulary(List<String> words, Map<String, Integer> numbers) {
    this.words = words;
    this.numbers = numbers;
  }

  /**
   * Reads a text file with a word on each line.
   *
   * @throws AttnPoolException if it cannot be read, or a line is empty or a word there twice
   */
  static Vocabulary read(Path file) {
    List<String> words;
    try {
      words = List.copyOf(Files.readAllLines(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AttnPoolException("read " + file, FileProblem.of(e), e);
    }
    Map<String, Integer> numbers = new HashMap<>(words.size() * 2);
    for (String word : words) {
      int number = numbers.size();
      if (word.isBlank() || numbers.putIfAbsent(word, number) != null) {
        throw new AttnPoolException(
            "read " + file,
            "line "
                + (number + 1)
                + (word.isBlank() ? " is empty" : " repeats the word '" + word + "'")
                + ", must be a word of its own");
      }
    }
    return new Vocabulary(words, numbers);
  }

  /** Number of words. */
  int size() {
    return words.size();
  }

  /** The word of that number. */
  String word(int number) {
    return words.get(number);
  }

  /**
   * Numbers of those of the words that are known, in their order; the rest after {@code most} is
   * cut.
   */
  int[] numbers(List<String> found, int most) {
    int[] known = new int[Math.min(found.size(), most)];
    int count = 0;
    for (String word : found) {
      if (count == most) {
        break;
      }
      Integer number = numbers.get(word);
      if (number != null) {
        known[count++] = number;
      }
    }
    return Arrays.copyOf(known, count);
  }
}
