package io.github.attnpool.example;

/** A document as the model sees it: the numbers of its known words, in their order. */
final class Document {
  private final int[] numbers;
  private final int found;

  /**
   * @param numbers known words that are read
   * @param found words found in the document, known or not
   */
  Document(int[] numbers, int found) {
    this.numbers = numbers;
    this.found = found;
  }

  /** Number of known words that are read: the rows of its sequence. */
  int length() {
    return numbers.length;
  }

  /** Number of the word at a place. */
  int number(int place) {
    return numbers[place];
  }

  /** Number of words found in the document, known or not. */
  int found() {
    return found;
  }
}
