package io.github.attnpool.hdf5;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.ElementType;
import io.github.attnpool.Sequences;
import io.github.attnpool.batch.Coordinates;
import io.github.attnpool.batch.InputOptions;
import io.github.attnpool.batch.RowChunk;
import io.github.attnpool.batch.SequencesFile;
import io.github.attnpool.batch.SequencesStream;
import io.github.attnpool.checkpoint.Checkpoint;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HDF5 files where feature files and weights are taken. */
class FeatureFilesTest {
  private static Path file(String name) {
    return Path.of("src/test/resources/files", name);
  }

  @ParameterizedTest
  @CsvSource({"clam.h5, F32, 70", "trident.h5, F16, 50", "stamp.h5, F16, 40"})
  void areBatches(String name, ElementType type, int rows) {
    try (SequencesFile file = SequencesFile.open(file(name));
        SequencesStream stream = SequencesStream.open(file(name));
        Arena arena = Arena.ofConfined()) {
      Sequences in = file.sequences();
      assertEquals(List.of(1, rows, 6), List.of(in.batch(), (int) in.positions(), in.width()));
      assertEquals(type, in.rows().type());
      assertEquals(List.of(), file.ignoredTensors());
      byte[] all = in.rows().memory().orElseThrow().toArray(JAVA_BYTE);
      RowChunk chunk = stream.newChunk(16, 4, arena);
      int done = 0;
      while (stream.read(chunk)) {
        byte[] part = chunk.view().rows().memory().orElseThrow().toArray(JAVA_BYTE);
        assertArrayEquals(Arrays.copyOfRange(all, done, done + part.length), part);
        done += part.length;
      }
      assertEquals(all.length, done);
    }
  }

  @Test
  void sayWhereRowsLie() {
    try (SequencesFile file = SequencesFile.open(file("trident.h5"))) {
      Coordinates coords = file.coordinates().orElseThrow();
      assertEquals(List.of(0.0, 31.0), List.of(coords.x(0), coords.y(0)));
      assertEquals("512", coords.attributes().get("patch_size_level0"));
    }
    try (SequencesFile file = SequencesFile.open(file("stamp.h5"))) {
      assertEquals(31 / 32f - 1, file.coordinates().orElseThrow().y(0));
      assertEquals("um", file.metadata().get("unit"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"empty-0d.h5", "empty-0.h5"})
  void mayHaveNoRows(String name) {
    InputOptions options = InputOptions.DEFAULT.withEmptyWidth(6);
    try (SequencesFile file = SequencesFile.open(file(name), options)) {
      assertEquals(1, file.sequences().batch());
      assertEquals(0, file.sequences().positions());
      assertEquals(6, file.sequences().width());
      assertTrue(file.coordinates().isPresent());
    }
    try (SequencesStream stream = SequencesStream.open(file(name), options);
        Arena arena = Arena.ofConfined()) {
      RowChunk chunk = stream.newChunk(4, 4, arena);
      assertTrue(stream.read(chunk));
      assertEquals(0, chunk.rows());
      assertFalse(stream.read(chunk));
    }
  }

  @Test
  void areNamedByPathToo() {
    InputOptions path = InputOptions.DEFAULT.withX("/layers/dense/vars/0");
    try (SequencesFile file = SequencesFile.open(file("new.weights.h5"), path)) {
      assertEquals(4, file.sequences().width());
    }
  }

  @Test
  void giveKerasWeights() {
    try (Checkpoint checkpoint = Checkpoint.open(file("legacy.h5"))) {
      AttentionParameters parameters = checkpoint.layer().read().parameters();
      assertEquals(6, parameters.inputWidth());
      assertEquals(1, parameters.heads());
    }
  }
}
