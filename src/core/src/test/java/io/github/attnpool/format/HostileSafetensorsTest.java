package io.github.attnpool.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are broken or made to do harm give one line that names them, and nothing else. */
class HostileSafetensorsTest {
  private static final String SOUND =
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

  @TempDir Path folder;

  @Test
  void tensorsWithoutNumber() throws IOException {
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i <= 100_000; i++) {
      header
          .append(i == 0 ? "" : ",")
          .append("\"%d\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}".formatted(i));
    }
    Path file =
        SafetensorsBytes.write(folder, SafetensorsBytes.of(header.append("}").toString(), 0));
    AttnPoolException e =
        assertThrows(AttnPoolException.class, () -> TensorFile.open(file).close());
    assertTrue(e.getMessage().contains("more than 100000 tensors"), e.getMessage());
  }

  @Test
  void theSoundOneIsRead() throws IOException {
    Path file = SafetensorsBytes.write(folder, SafetensorsBytes.of(SOUND, 8));
    try (TensorFile tensors = TensorFile.open(file)) {
      assertEquals("F32 [2]", tensors.tensor("x").describe());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 100_000_001, 61})
  void lengthOfTheHeader(long length) throws IOException {
    assertRefused(
        SafetensorsBytes.withLength(length, SOUND.getBytes(UTF_8), 0), "the header's length");
  }

  /** As large as the file, but over the format's own limit. */
  @Test
  void headerOverTheLimit() throws IOException {
    Path path =
        SafetensorsBytes.write(folder, SafetensorsBytes.withLength(100_000_001, new byte[0], 0));
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(200_000_000); // sparse
    }
    assertTrue(refusal(path).contains("must be 2 to 100000000"), () -> refusal(path));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "no json at all|not valid JSON",
        "{\"x\":|not valid JSON",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}|not valid JSON",
        "[]|the header has START_ARRAY",
        "\"text\"|the header has VALUE_STRING",
        "{}{}|goes on after its closing brace",
        "{\"x\":1}|'x' has VALUE_NUMBER_INT",
        "{\"x\":null}|'x' has VALUE_NULL",
        "{\"x\":{}}|'x' must have dtype, shape and two data_offsets",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2]}}|must have dtype, shape and two",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}|two data_offsets",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,9]}}|two data_offsets",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}|has VALUE_NUMBER_INT",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}|has VALUE_NUMBER_FLOAT",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[\"2\"],\"data_offsets\":[0,8]}}|has VALUE_STRING",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[[2]],\"data_offsets\":[0,8]}}|has START_ARRAY",
        "{\"x\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}|element type F8_E4M3",
        "{\"x\":{\"dtype\":\"f32\",\"shape\":[2],\"data_offsets\":[0,8]}}|element type f32",
        "{\"x\":{\"dtype\":null,\"shape\":[2],\"data_offsets\":[0,8]}}|element type null",
        "{\"x\":{\"dtype\":{\"a\":1},\"shape\":[2],\"data_offsets\":[0,8]}}|unknown field 'a'",
        "{\"x\":{\"dtype\":[\"F32\"],\"shape\":[2],\"data_offsets\":[0,8]}}|must have dtype",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"y\":1}}|unknown field"
            + " 'y'",
        "{\"__metadata__\":1}|has VALUE_NUMBER_INT",
        "{\"__metadata__\":{\"a\":1}}|metadata 'a' has VALUE_NUMBER_INT",
      })
  void headersThatAreNotUnderstood(String header, String problem) throws IOException {
    assertRefused(SafetensorsBytes.of(header, 8), problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[-1]|0,8|dimension of size -1",
        "[-2,-1]|0,8|dimension of size -2",
        "[9223372036854775807]|0,8|is too large",
        "[4294967296,4294967296]|0,0|is too large",
        "[9223372036854775808]|0,8|not valid JSON",
        "[99999999999999999999999999]|0,8|not valid JSON",
        "[3]|0,8|must span the 12 bytes of its shape",
        "[2]|8,0|must span the 8 bytes",
        "[2]|-8,0|must span the 8 bytes",
        "[2]|-9223372036854775808,9223372036854775807|must span the 8 bytes",
        "[2]|1,9|begins at byte 1 of the data, must begin at 0",
        "[2]|0,9|must span the 8 bytes",
        "[0]|8,8|begins at byte 8",
        "[3]|0,12|need 12 bytes of data, but the file holds 8",
        "[1]|0,4|need 4 bytes of data, but the file holds 8",
        "[1073741824,1073741824]|0,4611686018427387904|file holds 8",
      })
  void shapesAndOffsets(String shape, String offsets, String problem) throws IOException {
    String header =
        "{\"x\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%s]}}".formatted(shape, offsets);
    assertRefused(SafetensorsBytes.of(header, 8), problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0,4|0,4|begins at byte 0", // the same place
        "0,4|3,7|begins at byte 3", // overlap
        "0,4|5,9|begins at byte 5", // hole
        "4,8|0,4|", // another order is allowed
        "0,4|4,8|",
      })
  void twoTensors(String first, String second, String problem) throws IOException {
    String header =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%s]},".formatted(first)
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[%s]}}".formatted(second);
    byte[] bytes = SafetensorsBytes.of(header, 8);
    if (problem != null) {
      assertRefused(bytes, problem);
    } else {
      TensorFile.open(SafetensorsBytes.write(folder, bytes)).close();
    }
  }

  @Test
  void duplicateNames() throws IOException {
    String header = SOUND.substring(0, SOUND.length() - 1) + "," + SOUND.substring(1);
    assertRefused(SafetensorsBytes.of(header, 8), "Duplicate field 'x'");
  }

  @Test
  void deepNesting() throws IOException {
    assertRefused(SafetensorsBytes.of("[".repeat(1_000_000), 0), "the header has START_ARRAY");
    assertRefused(SafetensorsBytes.of("{\"a\":".repeat(100_000), 0), "unknown field 'a'");
    String inShape = "{\"x\":{\"shape\":" + "[".repeat(100_000);
    assertRefused(SafetensorsBytes.of(inShape, 0), "has START_ARRAY");
  }

  @Test
  void bytesThatAreNotUtf8() throws IOException {
    byte[] header = SOUND.getBytes(UTF_8);
    header[2] = (byte) 0xff;
    assertRefused(SafetensorsBytes.of(header, 8), "not valid JSON");
  }

  /** A name must not forge lines or terminal commands, nor flood the screen. */
  @Test
  void namesThatAreNotFitForAMessage() throws IOException {
    String name = "a\\n\\u001b[2J" + "b".repeat(10_000);
    byte[] bytes = SafetensorsBytes.of(SOUND.replace("\"x\"", "\"" + name + "\""), 7);
    String said = refusal(SafetensorsBytes.write(folder, bytes));
    assertTrue(said.length() < 1000, () -> said.length() + " characters");
    assertTrue(said.chars().noneMatch(Character::isISOControl), said);
  }

  @Test
  void aFileCutAnywhere() throws IOException {
    byte[] whole = SafetensorsBytes.of(SOUND, 8);
    for (int length = 0; length < whole.length; length++) {
      assertRefused(Arrays.copyOf(whole, length), "");
    }
    assertRefused(
        Arrays.copyOf(whole, whole.length + 1), "need 8 bytes of data, but the file holds 9");
  }

  @Test
  void noFile() {
    assertEquals(
        "read " + folder.resolve("none") + ": there is no such file",
        refusal(folder.resolve("none")));
  }

  @Test
  void aFolderOrADevice() {
    assertEquals("read " + folder + ": is a directory", refusal(folder));
    Path device = Path.of("/dev/null");
    if (Files.exists(device)) {
      assertEquals("read /dev/null: is not a regular file", refusal(device));
    }
  }

  @Test
  void aTensorThatIsNotThere() throws IOException {
    Path file = SafetensorsBytes.write(folder, SafetensorsBytes.of(SOUND, 8));
    try (TensorFile tensors = TensorFile.open(file)) {
      AttnPoolException e = assertThrows(AttnPoolException.class, () -> tensors.tensor("y"));
      assertEquals("read " + file + ": there is no tensor 'y', found x", e.getMessage());
    }
  }

  private void assertRefused(byte[] bytes, String problem) throws IOException {
    String said = refusal(SafetensorsBytes.write(folder, bytes));
    assertTrue(said.contains(problem), said);
  }

  private static String refusal(Path file) {
    AttnPoolException e =
        assertThrows(AttnPoolException.class, () -> TensorFile.open(file).close());
    assertTrue(e.getMessage().startsWith("read " + file + ": "), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    return e.getMessage();
  }
}
