package io.github.attnpool.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PyTorch files with pickles put together by hand; each holds the storage 0, 1, 2, 3 of floats. */
class HostileTorchTest {
  private static final String SOUND = tensor("0", 4, "0", "2,2", "2,1");

  @TempDir private Path folder;

  /** A pickle's call for a tensor. */
  private static String tensor(
      String key, long numel, String offset, String shape, String strides) {
    return "ctorch._utils\n_rebuild_tensor_v2\n("
        + storage(key, numel)
        + "I%s\n(%st(%st\u0089)tR".formatted(offset, numbers(shape), numbers(strides));
  }

  private static String storage(String key, long numel) {
    return "(U\7storagectorch\nFloatStorage\nU%c%sU\3cpuI%d\ntQ"
        .formatted((char) key.length(), key, numel);
  }

  private static String numbers(String list) {
    return list == null || list.isEmpty() ? "" : "I" + list.replace(",", "\nI") + "\n";
  }

  private static byte[] floats() {
    ByteBuffer floats = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    return floats.putFloat(0).putFloat(1).putFloat(2).putFloat(3).array();
  }

  private Path archive(String pickle) throws IOException {
    Path path = folder.resolve("test.pt");
    try (OutputStream file = Files.newOutputStream(path);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      zip.putNextEntry(new ZipEntry("test/data.pkl"));
      zip.write(("\u0080\2" + pickle + ".").getBytes(ISO_8859_1));
      zip.putNextEntry(new ZipEntry("test/data/0"));
      zip.write(floats());
      zip.putNextEntry(new ZipEntry("test/data/other"));
    }
    return path;
  }

  private String refusal(String pickle) throws IOException {
    Path path = archive(pickle);
    AttnPoolException e =
        assertThrows(
            AttnPoolException.class,
            () -> {
              try (TensorFile file = TensorFile.open(path)) {
                file.floats("x");
              }
            });
    assertTrue(e.getMessage().startsWith("read " + path + ": "), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    return e.getMessage();
  }

  @Test
  void theSoundOneIsRead() throws IOException {
    try (TensorFile file = TensorFile.open(archive(SOUND))) {
      assertArrayEquals(new float[] {0, 1, 2, 3}, file.floats("x"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|4|0|5|1|needs element 4 of its storage, which holds 4",
        "0|4|1|4|1|needs element 4",
        "0|4|5|1|1|needs element 5",
        "0|4|0|2,2|3,1|needs element 4",
        "0|4|9223372036854775807|1|1|needs element 9223372036854775807",
        "0|4|9223372036854775807|2|1|its strides are too large",
        "0|4|0|2|9223372036854775807|needs element 9223372036854775807",
        "0|4|0|3|9223372036854775807|its strides are too large",
        "0|4|0|4294967296,4294967296|0,0|is too large",
        "0|4|0|-1|1|gives sizes that are no numbers, or negative",
        "0|4|0|1|-1|gives sizes that are no numbers, or negative",
        "0|4|-1|1|1|gives sizes that are no numbers, or negative",
        "0|4|0|99999999999999999999|1|gives sizes that are no numbers",
        "0|4|0|2,2|1|has 2 dimensions, but 1 strides",
        "0|4|0|4|1,1|has 1 dimensions, but 2 strides",
        "0|5|0|4|1|its storage '0' has 5 elements, but the file holds 4",
        "0|9223372036854775807|0|4|1|but the file holds 4",
        "0|-1|0|4|1|it refers to something outside of it",
        "1|4|0|4|1|it has no entry 'test/data/1'",
        "../0|4|0|4|1|it has no entry 'test/data/../0'",
        "other|1|0|1|1|its storage 'other' has 1 elements, but the file holds 0",
        "0|4|0|1000000000|0|is an expanded view, F32 [1000000000] over 16 bytes",
      })
  void tensorsThatDoNotFit(
      String key, long numel, String offset, String shape, String strides, String problem)
      throws IOException {
    String said = refusal(tensor(key, numel, offset, shape, strides));
    assertTrue(said.contains(problem), said);
  }

  @Test
  void strangePlacesOfNoElementsDoNoHarm() throws IOException {
    String empty = tensor("0", 4, "9", "0,9223372036854775807", "9223372036854775807,5");
    try (TensorFile file = TensorFile.open(archive(empty));
        Arena arena = Arena.ofConfined()) {
      assertArrayEquals(new float[0], file.floats("x"));
      assertEquals(0, file.load("x", arena).elements());
    }
  }

  @Test
  void aDictionaryOfSharedDictionariesIsNoBomb() throws IOException {
    StringBuilder pickle = new StringBuilder("}U\1a" + SOUND + "s");
    for (int i = 0; i < 60; i++) {
      pickle.append("q%c}U\1ah%cU\1bh%cu".formatted((char) i, (char) i, (char) i));
      pickle.insert(pickle.lastIndexOf("}U\1ah") + 1, "(");
    }
    String said = refusal(pickle.toString());
    assertTrue(said.contains("is it a bomb?"), said);
  }

  @Test
  void twoTensorsOfOneNameAreRefused() throws IOException {
    String said = refusal("}(U\3a.b" + SOUND + "U\1a}U\1b" + SOUND + "su");
    assertTrue(said.contains("there are two tensors 'a.b'"), said);
  }

  @Test
  void aStorageAloneIsNoTensor() throws IOException {
    assertTrue(refusal(storage("0", 4)).contains("it holds no tensor"));
  }

  @Test
  void nothingIsCalled() throws IOException {
    Path witness = folder.resolve("witness");
    String command =
        "cos\nsystem\nU%ctouch %s\u0085R"
            .formatted((char) (6 + witness.toString().length()), witness);
    try (TensorFile file = TensorFile.open(archive("(" + command + SOUND + "l"))) {
      assertArrayEquals(new float[] {0, 1, 2, 3}, file.floats("1"));
    }
    assertTrue(Files.notExists(witness));
  }

  /** As files before PyTorch 1.6 have them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1002|0|4|0|it is of no known version",
        "1001|1|4|0|it lists a storage that no tensor refers to",
        "1001|0|5|0|storage '0' has 5 elements of 4 bytes, but the file holds 16",
        "1001|0|-1|0|storage '0' has -1 elements",
        "1001|0|4611686018427387904|0|storage '0' has 4611686018427387904 elements",
        "1001|0|3|0|its storage '0' has 4 elements, but the file holds 3",
        "1001|0|4|17|it ends before storage '0'",
      })
  void olderFiles(long version, String key, long numel, int cut, String problem)
      throws IOException {
    Path path = older(version, key, numel, cut);
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> TensorFile.open(path));
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  @Test
  void theSoundOlderOneIsRead() throws IOException {
    try (TensorFile file = TensorFile.open(older(1001, "0", 4, 0))) {
      assertArrayEquals(new float[] {0, 1, 2, 3}, file.floats("x"));
    }
  }

  private Path older(long version, String key, long numel, int cut) throws IOException {
    String start =
        "\u0080\2\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019."
            + "\u0080\2I%d\n.\u0080\2}.\u0080\2%s.\u0080\2]U\1%sa.".formatted(version, SOUND, key);
    byte[] bytes =
        ByteBuffer.allocate(start.length() + 24)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(start.getBytes(ISO_8859_1))
            .putLong(numel)
            .put(floats())
            .array();
    return Files.write(folder.resolve("old.pt"), Arrays.copyOf(bytes, bytes.length - cut));
  }
}
