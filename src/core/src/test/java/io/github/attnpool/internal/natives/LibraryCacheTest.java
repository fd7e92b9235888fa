package io.github.attnpool.internal.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LibraryCacheTest {
  @TempDir Path temporary;
  private final byte[] content = new byte[300_000]; // more than one chunk of checking
  private PackagedLibrary library;
  private LibraryCache cache;

  @BeforeEach
  void pack() throws IOException {
    new Random(1).nextBytes(content);
    Path packed = Files.write(temporary.resolve("libtest.so"), content);
    library = PackagedLibrary.of("libtest.so", packed.toUri().toURL());
    cache = new LibraryCache(temporary.resolve("cache"));
  }

  @Test
  void unpacksToAFolderNamedByContent() throws IOException {
    Path file = cache.unpacked(library);
    assertEquals(temporary.resolve("cache/" + library.key() + "/libtest.so"), file);
    assertArrayEquals(content, Files.readAllBytes(file));
    assertEquals(List.of(".lock", "libtest.so"), names(file.getParent()));
  }

  @Test
  void isForItsUserAlone() throws IOException {
    Path folder = cache.unpacked(library).getParent();
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
  }

  @Test
  void leavesAGoodFileAlone() throws IOException {
    Path file = cache.unpacked(library);
    FileTime before = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(file, before);
    assertEquals(file, cache.unpacked(library));
    assertEquals(before, Files.getLastModifiedTime(file));
  }

  @Test
  void keepsOtherContentsApart() throws IOException {
    Path first = cache.unpacked(library);
    content[7]++;
    Path packed = Files.write(temporary.resolve("libtest.so"), content);
    Path second = cache.unpacked(PackagedLibrary.of("libtest.so", packed.toUri().toURL()));
    assertEquals(2, names(temporary.resolve("cache")).size());
    assertArrayEquals(content, Files.readAllBytes(second));
    assertTrue(Files.exists(first));
  }

  /** What may be wrong with a file in the cache. */
  enum Damage {
    FLIPPED_BYTE,
    LAST_BYTE_FLIPPED,
    TRUNCATED,
    EMPTY,
    LONGER,
    SAME_CRC
  }

  @ParameterizedTest
  @EnumSource
  void replacesADamagedFile(Damage damage) throws IOException {
    Path file = cache.unpacked(library);
    byte[] bytes = content.clone();
    switch (damage) {
      case FLIPPED_BYTE -> bytes[1234] ^= 1;
      case LAST_BYTE_FLIPPED -> bytes[bytes.length - 1] ^= (byte) 0x80;
      case TRUNCATED -> bytes = Arrays.copyOf(bytes, bytes.length / 2);
      case EMPTY -> bytes = new byte[0];
      case LONGER -> bytes = Arrays.copyOf(bytes, bytes.length + 1);
      case SAME_CRC -> forge(bytes);
    }
    Files.write(file, bytes);
    assertArrayEquals(content, Files.readAllBytes(cache.unpacked(library)));
  }

  @ParameterizedTest
  @EnumSource
  void replacesADamagedFileThatWasGoodBefore(Damage damage) throws IOException {
    cache = new LibraryCache(temporary.resolve("cache"), Duration.ZERO);
    Path file = cache.unpacked(library);
    FileTime modified = Files.getLastModifiedTime(file);
    assertEquals(file, cache.unpacked(library));
    assertEquals(List.of(".lock", "libtest.so", "libtest.so.checked"), names(file.getParent()));
    replacesADamagedFile(damage);
    Files.write(file, new byte[content.length]);
    Files.setLastModifiedTime(file, modified);
    assertArrayEquals(content, Files.readAllBytes(cache.unpacked(library)));
  }

  @Test
  void readsAFileAgainOnlyWhereOthersMayHaveWrittenIt() throws IOException {
    cache = new LibraryCache(temporary.resolve("cache"), Duration.ZERO);
    Path file = cache.unpacked(library);
    cache.unpacked(library);
    Path note = file.resolveSibling("libtest.so.checked");
    String good = Files.readString(note);
    byte[] other = new byte[content.length];
    Files.write(file, other);
    // What an attacker would do who can write here, and the note is believed, which shows that the
    // file is not read.
    Instant changed = ((FileTime) Files.getAttribute(file, "unix:ctime")).toInstant();
    Files.writeString(note, good.substring(0, good.lastIndexOf(' ') + 1) + changed);
    assertArrayEquals(other, Files.readAllBytes(cache.unpacked(library)));
    // Not so in a folder that others may write to.
    Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString("rwxrwx---"));
    assertArrayEquals(content, Files.readAllBytes(cache.unpacked(library)));
  }

  /** As someone would who wants their own code loaded: adds a multiple of CRC-32's polynomial. */
  private void forge(byte[] bytes) {
    long polynomial = 0x104C11DB7L;
    for (int bit = 0; bit <= 32; bit++) {
      bytes[5000 + bit / 8] ^= (byte) (((polynomial >> (32 - bit)) & 1) << (bit % 8));
    }
    assertNotEquals(-1, Arrays.mismatch(content, bytes));
    assertEquals(crc32(content), crc32(bytes));
  }

  private static long crc32(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  @Test
  void clearsWhatADeadJvmLeft() throws IOException {
    Path folder = cache.unpacked(library).getParent();
    Files.delete(folder.resolve("libtest.so"));
    Files.write(folder.resolve(".unpack-123.tmp"), new byte[] {1});
    cache.unpacked(library);
    assertEquals(List.of(".lock", "libtest.so"), names(folder));
  }

  @Test
  void saysWhyItCannotUnpack() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "");
    LibraryCache impossible = new LibraryCache(file.resolve("cache"));
    IOException e = assertThrows(IOException.class, () -> impossible.unpacked(library));
    assertTrue(e.toString().contains(file.toString()), e::toString);
  }

  @Test
  void leavesNothingWhenThePackedFileIsBroken() throws IOException {
    PackagedLibrary broken =
        new PackagedLibrary("libtest.so", library.resource(), new Digest("0".repeat(64)));
    IOException e = assertThrows(IOException.class, () -> cache.unpacked(broken));
    assertTrue(e.getMessage().contains("differs from the packed one"), e::toString);
    assertEquals(List.of(".lock"), names(temporary.resolve("cache").resolve(broken.key())));
  }

  @Test
  void worksInAnInterruptedThread() throws IOException {
    Thread.currentThread().interrupt();
    Path file = cache.unpacked(library);
    assertTrue(Thread.interrupted());
    assertArrayEquals(content, Files.readAllBytes(file));
  }

  /** As class loaders of one JVM that each have a copy of this library: their locks collide. */
  @Test
  void threadsUnpackAtOnce() throws Exception {
    int threads = 8;
    for (int round = 0; round < 20; round++) {
      LibraryCache fresh = new LibraryCache(temporary.resolve("round-" + round));
      CyclicBarrier start = new CyclicBarrier(threads);
      try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
        List<Future<Path>> files =
            IntStream.range(0, threads)
                .mapToObj(
                    _ ->
                        pool.submit(
                            () -> {
                              start.await();
                              return fresh.unpacked(library);
                            }))
                .toList();
        for (Future<Path> file : files) {
          assertArrayEquals(content, Files.readAllBytes(file.get()));
          assertEquals(List.of(".lock", "libtest.so"), names(file.get().getParent()));
        }
      }
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
