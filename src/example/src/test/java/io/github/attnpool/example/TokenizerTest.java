package io.github.attnpool.example;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
  /** Pairs of lines: a document, escaped, and the words that Python finds in it. */
  static Stream<Arguments> casesOfPython() throws IOException {
    try (InputStream in = TokenizerTest.class.getResourceAsStream("tokenizer-cases.txt")) {
      List<String> lines = new String(in.readAllBytes(), ISO_8859_1).lines().toList();
      return IntStream.range(0, lines.size() / 2)
          .mapToObj(i -> Arguments.of(lines.get(2 * i), lines.get(2 * i + 1)));
    }
  }

  @ParameterizedTest
  @MethodSource("casesOfPython")
  void findsTheWordsThatPythonFinds(String escaped, String words) {
    assertEquals(words, words(escaped.translateEscapes()));
  }

  @Test
  void theFixtureHasCases() throws IOException {
    assertEquals(39, casesOfPython().count());
  }

  @Test
  void leavesTheDocumentAlone() {
    byte[] document = "ABC".getBytes(ISO_8859_1);
    assertEquals(List.of("abc"), Tokenizer.words(document));
    assertEquals("ABC", new String(document, ISO_8859_1));
  }

  /** Long runs that would overflow the stack or take quadratic time in a careless pattern. */
  @ParameterizedTest
  @ValueSource(
      strings = {"a", "a'", "<a", "<a b", "&a", "=", "=\n", "1", "x:\n", " ", "\n", "\377"})
  void takesLongRunsInItsStride(String piece) {
    byte[] document = piece.repeat(500_000).getBytes(ISO_8859_1);
    assertTimeout(Duration.ofSeconds(20), () -> Tokenizer.words(document));
  }

  private static String words(String document) {
    return String.join(" ", Tokenizer.words(document.getBytes(ISO_8859_1)));
  }
}
