package io.github.attnpool.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyVersion(int version) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Tensor x = read(NpyBytes.of(version, header("|u1", "False", "(2, 3)"), 6), arena);
      assertEquals("x", x.name());
      assertEquals("U8 [2, 3]", x.describe());
      assertArrayEquals(new byte[] {0, 1, 2, 3, 4, 5}, x.data().toArray(ValueLayout.JAVA_BYTE));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`<f4`|(2, 3)|F32 [2, 3]|24",
        "`<f8`|(2,)|F64 [2]|16",
        "`<f2`|(2, 3, 4)|F16 [2, 3, 4]|48",
        "`<i8`|()|I64 []|8",
        "`<i4`|(1,)|I32 [1]|4",
        "`<i2`|(3,)|I16 [3]|6",
        "`|i1`|(3,)|I8 [3]|3",
        "`|u1`|(0, 3)|U8 [0, 3]|0",
        "`|b1`|(2,2)|BOOL [2, 2]|4",
      })
  void everyType(String descr, String shape, String expected, int bytes) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(
          expected, read(NpyBytes.of(1, header(descr, "False", shape), bytes), arena).describe());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "<c8|False|(2,)|the array has element type '<c8', must be f2, f4, f8, ",
        "<U4|False|(2,)|the array has element type '<U4', must be f2, f4, f8, ",
        "`|O`|False|(2,)|the array holds Python objects (an object array): save plain arrays",
        "<f4|True|(2, 2)|needs 16 bytes, but the file holds 8",
        "<f4|Maybe|(2,)|header is not understood",
        "<f4|False|(-2,)|a dimension of size -2",
        "<f4|False|(99999999999999999999,)|is not understood",
        "<f4|False|(4294967296, 4294967296)|is too large",
        "<f4|False|(2.5,)|is not understood",
        "<f4|False|(a,)|is not understood",
        "<f4|False|(3,)|needs 12 bytes, but the file holds 8",
        "<f4|False|(1,)|needs 4 bytes, but the file holds 8",
        "<f4|False|(2,|header is not understood",
      })
  void arraysThatAreRefused(String descr, String fortran, String shape, String problem)
      throws IOException {
    assertRefused(NpyBytes.of(1, header(descr, fortran, shape), 8), problem);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 65_537, 200})
  void lengthsOfTheHeader(int length) throws IOException {
    String header = header("<f4", "False", "(2,)");
    assertRefused(NpyBytes.withLength(2, length, header, 8), "no sound length");
  }

  /** Each took seconds, quadratic in the header's length. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)%sx",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)%s,x",
        "{'descr'%sx",
        "{'descr': [%s], x",
        "{'descr': [%s]], 'fortran_order': False, 'shape': (1,)x"
      })
  void headersAreReadInOnePass(String header) throws IOException {
    for (String repeated : List.of(" ", "\n", "]", "'", ", ", "] , ")) {
      String filled = header.formatted(repeated.repeat(65_400 / repeated.length()));
      Path file = Files.write(folder.resolve("long.npy"), NpyBytes.of(2, filled, 4));
      assertTimeout(
          Duration.ofSeconds(1),
          () -> assertThrows(AttnPoolException.class, () -> TensorFile.open(file).close()));
    }
  }

  @Test
  void otherFiles() throws IOException {
    assertRefused(new byte[0], "it is empty");
    assertRefused(new byte[100], "zeros where it should begin");
    for (int version : new int[] {0, 4, 128, 255}) {
      byte[] bytes = NpyBytes.of(version, header("<f4", "False", "(2,)"), 8);
      assertRefused(bytes, "version " + version + ", must be 1 to 3");
    }
  }

  @Test
  void aFileCutAnywhere() throws IOException {
    byte[] whole = NpyBytes.of(1, header("<f4", "False", "(2,)"), 8);
    for (int length = 0; length < whole.length; length++) {
      assertRefused(Arrays.copyOf(whole, length), "");
    }
    assertRefused(Arrays.copyOf(whole, whole.length + 1), "needs 8 bytes, but the file holds 9");
  }

  @Test
  void noFileOrAFolder() {
    assertTrue(refusal(folder.resolve("none")).endsWith("there is no such file"));
    assertTrue(refusal(folder).endsWith("is a directory"));
  }

  private static String header(String descr, String fortran, String shape) {
    return "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }          \n"
        .formatted(descr, fortran, shape);
  }

  private Tensor read(byte[] bytes, Arena arena) throws IOException {
    return load(Files.write(folder.resolve("test.npy"), bytes), arena);
  }

  private static Tensor load(Path path, Arena arena) {
    try (TensorFile file = TensorFile.open(path)) {
      return file.load("x", arena);
    }
  }

  private void assertRefused(byte[] bytes, String problem) throws IOException {
    String said = refusal(Files.write(folder.resolve("test.npy"), bytes));
    assertTrue(said.contains(problem), said);
  }

  private static String refusal(Path file) {
    try (Arena arena = Arena.ofConfined()) {
      AttnPoolException e = assertThrows(AttnPoolException.class, () -> load(file, arena));
      assertTrue(e.getMessage().startsWith("read " + file + ": "), e.getMessage());
      assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      return e.getMessage();
    }
  }
}
