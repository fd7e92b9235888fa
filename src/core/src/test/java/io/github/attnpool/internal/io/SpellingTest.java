package io.github.attnpool.internal.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.Activation;
import io.github.attnpool.HeadCombination;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpellingTest {
  /** The names that files are documented to have. */
  @Test
  void isInLowerCaseWithHyphens() {
    assertEquals(List.of("concat", "mean", "per-head"), Spelling.all(HeadCombination.class));
    assertEquals(
        List.of("identity", "tanh", "relu", "gelu", "gelu-tanh", "sigmoid", "leaky-relu", "silu"),
        Spelling.all(Activation.class));
  }

  @Test
  void isReadAsItIsWritten() {
    for (Activation each : Activation.values()) {
      assertEquals(Optional.of(each), Spelling.read(Activation.class, Spelling.of(each)));
    }
    for (HeadCombination each : HeadCombination.values()) {
      assertEquals(Optional.of(each), Spelling.read(HeadCombination.class, Spelling.of(each)));
    }
  }

  @Test
  void isReadWithUnderscoresToo() {
    assertEquals(Optional.of(Activation.GELU_TANH), Spelling.read(Activation.class, "gelu_tanh"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GELU", "gelu ", "gelu--tanh", "gelutanh", "gelu tanh", "-"})
  void otherNamesAreNone(String name) {
    assertEquals(Optional.empty(), Spelling.read(Activation.class, name));
  }
}
