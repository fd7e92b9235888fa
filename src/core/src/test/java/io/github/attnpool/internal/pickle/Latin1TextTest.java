package io.github.attnpool.internal.pickle;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.internal.io.MemoryBytes;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Latin1TextTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8191, 8192, 65_535, 65_536, 65_537, 2_000_000})
  void isReadFromAnyPlace(int size) throws IOException {
    byte[] bytes = new byte[size];
    Random random = new Random(size);
    random.nextBytes(bytes);
    byte[] utf8 = new String(bytes, ISO_8859_1).getBytes(UTF_8);
    Latin1Text text = Latin1Text.of(MemoryBytes.of(utf8)).orElseThrow();
    assertEquals(size, text.size());
    assertArrayEquals(bytes, text.bytes(0, size));
    for (int round = 0; round < 20; round++) {
      int from = random.nextInt(size + 1);
      int count = random.nextInt(size - from + 1);
      assertArrayEquals(Arrays.copyOfRange(bytes, from, from + count), text.bytes(from, count));
    }
  }

  @Test
  void otherCharactersAreNoBytes() throws IOException {
    for (String text : new String[] {"a\u0100", "\u20ac", "\ud83d\ude00"}) {
      assertTrue(Latin1Text.of(MemoryBytes.of(text.getBytes(UTF_8))).isEmpty(), text);
    }
    for (String bytes : new String[] {"\u00c3", "\u0080", "\u00c0\u0080", "\u00c3a", "\u00ff"}) {
      assertTrue(Latin1Text.of(MemoryBytes.of(bytes.getBytes(ISO_8859_1))).isEmpty(), bytes);
    }
  }
}
