package io.github.attnpool.internal.zip;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.io.SharedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZipEntriesTest {
  private static final int ENTRY = 0x02014b50;
  private static final int END = 0x06054b50;

  @TempDir private Path folder;

  private interface Use {
    void run(ZipEntries entries) throws IOException;
  }

  private void with(byte[] archive, Use use) throws IOException {
    Path path = Files.write(folder.resolve("x.zip"), archive);
    try (SharedFile file = SharedFile.open(path);
        ZipEntries entries = ZipEntries.read("read " + path, file.region())) {
      use.run(entries);
    }
  }

  @Test
  void nothingIsUnpackedOnceItIsClosed() throws IOException {
    with(
        zip(ZipEntry.DEFLATED, "a", "some text, some text, some text"),
        entries -> {
          ByteSource source = entries.open("a");
          assertEquals("some", new String(source.bytes(0, 4), UTF_8));
          entries.close();
          assertThrows(ClosedChannelException.class, () -> source.bytes(0, 4));
        });
  }

  /** Random letters, so that a flipped bit of deflated ones most often unpacks to something. */
  @ParameterizedTest
  @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
  void aFlippedBitIsSeenOnceAnEntryIsReadThrough(int method) throws IOException {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    random.ints(1000, 'a', 'q').forEach(letter -> text.append((char) letter));
    byte[] sound = zip(method, "a", text.toString());
    int unpacked = 0;
    for (int i = 0; i < 50; i++) {
      byte[] damaged = sound.clone();
      damaged[100 + random.nextInt(300)] ^= (byte) (1 << random.nextInt(8)); // in the data
      for (int piece : new int[] {1000, 64}) { // at once, and in pieces
        AttnPoolException e =
            assertThrows(
                AttnPoolException.class,
                () -> with(damaged, entries -> readThrough(entries.open("a"), piece)));
        assertTrue(e.getMessage().contains("its entry 'a' is "), e.getMessage());
        unpacked += e.getMessage().contains("CRC-32") ? 1 : 0;
      }
    }
    assertTrue(unpacked >= 50, unpacked + " of 100");
    with(sound, entries -> readThrough(entries.open("a"), 64));
  }

  private static void readThrough(ByteSource source, int piece) throws IOException {
    for (int at = 0; at < source.size(); at += piece) {
      source.bytes(at, (int) Math.min(piece, source.size() - at));
    }
  }

  private static byte[] zip(int method, String... namesAndTexts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < namesAndTexts.length; i += 2) {
        add(zip, method, namesAndTexts[i], namesAndTexts[i + 1].getBytes(UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  private static void add(ZipOutputStream zip, int method, String name, byte[] data)
      throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(method);
    if (method == ZipEntry.STORED) {
      CRC32 crc = new CRC32();
      crc.update(data);
      entry.setCrc(crc.getValue());
      entry.setSize(data.length);
    }
    zip.putNextEntry(entry);
    zip.write(data);
    zip.closeEntry();
  }

  private static String text(ByteSource source) throws IOException {
    return new String(source.bytes(0, (int) source.size()), UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
  void readsEntriesInOrder(int method) throws IOException {
    with(
        zip(method, "b/é.txt", "first", "d/", "", "a", "", "c", "last"),
        entries -> {
          assertEquals(List.of("b/é.txt", "a", "c"), List.copyOf(entries.names()));
          assertEquals("first", text(entries.open("b/é.txt")));
          assertEquals("", text(entries.open("a")));
          assertEquals("last", text(entries.open("c")));
          assertTrue(entries.contains("a"));
          assertProblem("it has no entry 'd'", () -> entries.open("d"));
        });
  }

  @Test
  void readsDeflatedEntriesFromAnyPlaceAndInTurns() throws IOException {
    byte[] data = new byte[300_000];
    new Random(1).nextBytes(data);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < 20; i++) {
        add(zip, ZipEntry.DEFLATED, "e" + i, data);
      }
    }
    with(
        bytes.toByteArray(),
        entries -> {
          List<ByteSource> sources = new ArrayList<>();
          for (String name : entries.names()) {
            sources.add(entries.open(name));
          }
          for (int at : new int[] {200_000, 0, 299_990, 70_000, 70_010, 5}) {
            for (ByteSource source : sources) {
              assertArrayEquals(Arrays.copyOfRange(data, at, at + 10), source.bytes(at, 10));
            }
          }
        });
  }

  @Test
  void readsAfterOtherBytesAndBeforeAComment() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setComment("PK\5\6 is no end");
      add(zip, ZipEntry.STORED, "a", "text".getBytes(UTF_8));
    }
    with(bytes.toByteArray(), entries -> assertEquals("text", text(entries.open("a"))));
  }

  @Test
  void anArchiveCutAnywhereIsRefused() throws IOException {
    byte[] whole = zip(ZipEntry.STORED, "a", "text", "b", "more");
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertProblem("was the download interrupted?", () -> with(cut, _ -> {}));
    }
  }

  /** Fields of the directory that are made to lie. */
  @Test
  void whatADirectorySaysIsNotTrusted() throws IOException {
    assertLie(ZipEntry.STORED, 24, 5, "has two sizes, 5 and 4 bytes");
    assertLie(ZipEntry.STORED, 20, 0x7fff_ffff, "has 2147483647 bytes, more than the file holds");
    assertLie(ZipEntry.STORED, 20, -2, "has 4294967294 bytes, more than the file holds");
    assertLie(ZipEntry.STORED, 42, 1000, "begins beyond the end of the file");
    assertLie(ZipEntry.STORED, 42, -1, "begins beyond the end of the file");
    assertLie(ZipEntry.STORED, 42, 1, "has no header where the directory says");
    assertLie(ZipEntry.STORED, 8, 1, "is encrypted");
    assertLie(ZipEntry.STORED, 10, 12, "compressed by method 12, must be stored");
    assertLie(ZipEntry.DEFLATED, 24, 0x7fff_ffff, "is it a bomb?");
    assertLie(ZipEntry.DEFLATED, 24, 5, "is shorter than the 5 bytes that the directory says");
    assertLie(ZipEntry.STORED, 28, 0xffff, "its directory is damaged");
    assertLie(ZipEntry.STORED, 0, 7, "its directory is damaged");
  }

  private void assertLie(int method, int offset, int value, String problem) throws IOException {
    byte[] bytes = zip(method, "a", "text");
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int at = find(buffer, ENTRY) + offset;
    if (offset == 8 || offset == 10 || offset == 28) {
      buffer.putShort(at, (short) value);
    } else {
      buffer.putInt(at, value);
    }
    assertProblem(problem, () -> with(bytes, entries -> text(entries.open("a"))));
  }

  @Test
  void aDirectoryThatIsElsewhereIsRefused() throws IOException {
    for (int value : new int[] {-1, 1 << 30, 1000}) {
      for (int offset : new int[] {12, 16}) {
        byte[] bytes = zip(ZipEntry.STORED, "a", "text");
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(find(buffer, END) + offset, value);
        assertProblem("whose directory is not in the file", () -> with(bytes, _ -> {}));
      }
    }
  }

  @Test
  void twoEntriesOfOneNameAreRefused() throws IOException {
    byte[] bytes = zip(ZipEntry.STORED, "a", "text", "b", "more");
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int second = find(buffer, ENTRY) + 46 + 1;
    assertEquals(ENTRY, buffer.getInt(second));
    buffer.put(second + 46, (byte) 'a');
    assertProblem("it has two entries 'a'", () -> with(bytes, _ -> {}));
  }

  @Test
  void deflatedBytesThatAreDamagedAreRefused() throws IOException {
    byte[] bytes = zip(ZipEntry.DEFLATED, "a", "text".repeat(50));
    Arrays.fill(bytes, 31, 40, (byte) 0xff);
    assertProblem("its entry 'a' is damaged", () -> with(bytes, all -> text(all.open("a"))));
  }

  private static int find(ByteBuffer bytes, int mark) {
    int at = 0;
    while (bytes.getInt(at) != mark) {
      at++;
    }
    return at;
  }

  private interface Call {
    void run() throws IOException;
  }

  private static void assertProblem(String problem, Call call) {
    AttnPoolException e = assertThrows(AttnPoolException.class, call::run);
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }
}
