package io.github.attnpool.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.MemoryBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tensor files that are not files of the default file system, and files that threads share. */
class TensorSourceTest {
  private static final float[] VALUES = {1, -2, 3};

  @TempDir private Path folder;

  private Path path;
  private byte[] bytes;

  @BeforeEach
  void write() throws IOException {
    path = folder.resolve("model.safetensors");
    Tensor w = Tensor.of("a.weight", VALUES, 1, 3);
    SafetensorsWriter.write(path, List.of(w), Map.of());
    bytes = Files.readAllBytes(path);
  }

  private static void check(TensorFile opened) {
    try (TensorFile file = opened;
        Arena arena = Arena.ofConfined()) {
      assertArrayEquals(VALUES, file.floats("a.weight"));
      assertArrayEquals(VALUES, file.load("a.weight", arena).toFloatArray());
    }
  }

  @Test
  void memoryAndStreams() {
    check(TensorFile.open(MemorySegment.ofArray(bytes), "array"));
    check(TensorFile.open(new ByteArrayInputStream(bytes), "stream"));
    try (Arena arena = Arena.ofShared()) {
      check(
          TensorFile.open(arena.allocate(bytes.length).copyFrom(MemorySegment.ofArray(bytes)), ""));
    }
  }

  /** What is read of sources is kept by source. */
  @Test
  void stretchesOfDifferentSizesAreNotEqual() {
    MemoryBytes all = MemoryBytes.of(bytes);
    assertEquals(all.part(0, 8), all.part(0, 8));
    assertNotEquals(all.part(0, 8), all.part(0, 16));
  }

  @Test
  void pathsOfOtherFileSystems() throws IOException {
    Path zip = folder.resolve("models.zip");
    try (FileSystem archive = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      check(TensorFile.open(Files.copy(path, archive.getPath("model"))));
      AttnPoolException e =
          assertThrows(AttnPoolException.class, () -> TensorFile.open(archive.getPath("none")));
      assertEquals("read none: there is no such file", e.getMessage());
    }
  }

  @Test
  void layers() {
    float[] rows = {1, 2, 3, 4, 5, 6};
    float[] expected = pooled(AttentionPooling.load(path), rows);
    assertArrayEquals(expected, pooled(AttentionPooling.load(bytes), rows));
    assertArrayEquals(expected, pooled(AttentionPooling.load(MemorySegment.ofArray(bytes)), rows));
    assertArrayEquals(
        expected, pooled(AttentionPooling.load(new ByteArrayInputStream(bytes)), rows));
  }

  private static float[] pooled(AttentionPooling opened, float[] rows) {
    try (AttentionPooling layer = opened) {
      return layer.pool(rows, 2);
    }
  }

  @Test
  void streamsThatFail() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the line is dead");
          }

          @Override
          public int read(byte[] to, int from, int count) throws IOException {
            return read();
          }
        };
    AttnPoolException e =
        assertThrows(AttnPoolException.class, () -> TensorFile.open(broken, "radio"));
    assertEquals("read radio: the line is dead", e.getMessage());
  }

  @Test
  void memoryThatIsClosedOrBelongsToAnother() throws Exception {
    TensorFile file;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(bytes.length).copyFrom(MemorySegment.ofArray(bytes));
      FutureTask<TensorFile> elsewhere = new FutureTask<>(() -> TensorFile.open(copy, "copy"));
      Thread.ofVirtual().start(elsewhere);
      Exception e = assertThrows(Exception.class, elsewhere::get);
      assertEquals("read copy: its memory belongs to another thread", e.getCause().getMessage());
      file = TensorFile.open(copy, "copy");
    }
    assertEquals("read copy: its memory is closed", message(() -> file.floats("a.weight")));
    file.close();
  }

  /** An interrupt closes a FileChannel, for all threads: here nobody may notice. */
  @Test
  void interruptedReadersReadOn() throws Exception {
    try (TensorFile file = TensorFile.open(path)) {
      Thread.currentThread().interrupt();
      assertArrayEquals(VALUES, file.floats("a.weight"));
      try (Arena arena = Arena.ofConfined()) {
        assertArrayEquals(VALUES, file.load("a.weight", arena).toFloatArray());
      }
      assertTrue(Thread.interrupted(), "the interrupt was lost");
      assertArrayEquals(VALUES, file.floats("a.weight"));
    }
  }

  @Test
  @Timeout(60)
  void interruptsInTheMiddleOfReading() throws Exception {
    try (TensorFile file = TensorFile.open(path)) {
      FutureTask<Integer> readings = new FutureTask<>(() -> readFor(file, 300));
      FutureTask<Integer> others = new FutureTask<>(() -> readFor(file, 300));
      Thread interrupted = Thread.ofPlatform().start(readings);
      Thread.ofPlatform().start(others);
      while (interrupted.isAlive()) {
        interrupted.interrupt();
        Thread.onSpinWait();
      }
      assertTrue(readings.get() > 0 && others.get() > 0);
    }
  }

  private static int readFor(TensorFile file, int millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    int readings = 0;
    while (System.nanoTime() < end) {
      assertArrayEquals(VALUES, file.floats("a.weight"));
      readings++;
    }
    return readings;
  }

  @Test
  void aClosedFileIsNotReadAgain() {
    TensorFile file = TensorFile.open(path);
    file.close();
    file.close();
    assertEquals("read " + path + ": the file is closed", message(() -> file.floats("a.weight")));
  }

  @Test
  void nothingButRegularFiles() {
    assertEquals("read " + folder + ": is a directory", message(() -> TensorFile.open(folder)));
    Path device = Path.of("/dev/zero");
    if (Files.exists(device)) {
      assertEquals("read /dev/zero: is not a regular file", message(() -> TensorFile.open(device)));
    }
  }

  private static String message(Runnable call) {
    return assertThrows(AttnPoolException.class, call::run).getMessage();
  }
}
