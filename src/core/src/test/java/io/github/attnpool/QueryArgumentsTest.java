package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries and keys that do not fit are refused before the backend hears of them. */
class QueryArgumentsTest {
  private final FakeBackend backend = new FakeBackend();
  private final Arena arena = Arena.ofConfined();
  private final AttentionParameters plain =
      AttentionParameters.additive(
          Linear.of(3, 2, new float[6]), Linear.of(1, 3, new float[3])); // H 2, D 3
  private final Sequences rows = Sequences.padded(Rows.of(new float[8], 2), 2, 2);

  @AfterEach
  void close() {
    arena.close();
  }

  private void assertRefused(String problem, AttentionParameters parameters, Sequences in) {
    try (AttentionPooling layer = backend.layer(parameters)) {
      Outputs out = layer.allocate(in, arena);
      AttnPoolException e = assertThrows(AttnPoolException.class, () -> layer.forward(in, out));
      assertTrue(e.problem().contains(problem), e.problem());
      assertEquals(0, backend.calls.get());
    }
  }

  @Test
  void queriesOfAnotherWidth() {
    Sequences in = rows.withQueries(arena.allocate(2 * 4 * Float.BYTES, 4));
    assertRefused("queries have 4 values, must have 3", plain, in);
    assertRefused(
        "queries have 4 values, must have 5", plain.withQuery(Linear.of(3, 5, new float[15])), in);
  }

  @Test
  void missingQueries() {
    assertRefused(
        "there are no queries, must be one of 5 values for each sequence",
        plain.withQuery(Linear.of(3, 5, new float[15])),
        rows);
  }

  @Test
  void queriesOfTheLinearForm() {
    assertRefused(
        "the linear form takes no queries",
        AttentionParameters.linear(Linear.of(1, 2, new float[2])),
        rows.withQueries(arena.allocate(2 * 2 * Float.BYTES, 4)));
  }

  @Test
  void queriesOnTheHeap() {
    assertRefused(
        "must lie in native memory", plain, rows.withQueries(MemorySegment.ofArray(new float[6])));
  }

  /** A file may be cut while native code reads it, which would end the JVM. */
  @Test
  void queriesOfAMappedFile(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("queries"), new byte[2 * 3 * Float.BYTES]);
    try (FileChannel channel = FileChannel.open(file)) {
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      assertRefused("not mapped from a file", plain, rows.withQueries(mapped));
    }
  }

  @Test
  void closedQueries() {
    Arena closed = Arena.ofConfined();
    Sequences in = rows.withQueries(closed.allocate(2 * 3 * Float.BYTES, 4));
    closed.close();
    assertRefused("the memory of the queries is already closed", plain, in);
  }

  @Test
  void keysOfAnotherLayer() {
    AttentionParameters same = AttentionParameters.of(plain.hidden(), plain.score());
    try (AttentionPooling one = backend.layer(plain);
        AttentionPooling other = backend.layer(same)) {
      ProjectedKeys keys = one.projectKeys(rows, arena);
      Outputs out = other.allocate(rows, arena);
      AttnPoolException e = assertThrows(AttnPoolException.class, () -> other.forward(keys, out));
      assertEquals("the keys were made by another layer", e.problem());
    }
  }

  @Test
  void keysOfTheLinearForm() {
    try (AttentionPooling layer = backend.layer()) {
      AttnPoolException e =
          assertThrows(AttnPoolException.class, () -> layer.projectKeys(rows, arena));
      assertEquals("the linear form has no hidden units to keep", e.problem());
    }
  }

  @Test
  void closedKeys() {
    try (AttentionPooling layer = backend.layer(plain)) {
      Arena closed = Arena.ofConfined();
      ProjectedKeys keys = layer.projectKeys(rows, closed);
      closed.close();
      Outputs out = layer.allocate(rows, arena);
      AttnPoolException e = assertThrows(AttnPoolException.class, () -> layer.forward(keys, out));
      assertEquals("the memory of the keys is already closed", e.problem());
    }
  }
}
