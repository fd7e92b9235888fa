package io.github.attnpool.batch;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.EngineInputs;
import io.github.attnpool.Sequences;
import io.github.attnpool.format.NpyBytes;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.spi.RowBatch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Read in chunks, a batch has the rows that it has when it is mapped. */
class SequencesStreamTest {
  private static final int WIDTH = 3;
  private static final int QUERY = 2;
  private static final int HEADS = 2;

  @TempDir private Path folder;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void givesTheKeptRowsInOrder(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 40; round++) {
      Path path = random.nextInt(4) == 0 ? writeRagged(random) : writePadded(random);
      for (int rows : new int[] {1, 2, 5, 64}) {
        check(path, rows, 1 + random.nextInt(6));
      }
    }
  }

  private Path writePadded(SplittableRandom random) {
    int batch = random.nextInt(6);
    int steps = random.nextInt(20);
    List<Tensor> tensors = new ArrayList<>();
    tensors.add(floats("x", random, batch, steps, WIDTH));
    if (random.nextBoolean()) {
      long[] lengths = random.longs(batch, 0, steps + 1).toArray();
      tensors.add(longs("lengths", lengths));
    }
    if (random.nextBoolean()) {
      byte[] marks = new byte[batch * steps];
      int density = random.nextInt(11); // of 10
      for (int i = 0; i < marks.length; i++) {
        marks[i] = (byte) (random.nextInt(10) < density ? 1 : 0);
      }
      tensors.add(
          new Tensor(
              "keep", ElementType.BOOL, new long[] {batch, steps}, MemorySegment.ofArray(marks)));
    }
    if (random.nextBoolean()) {
      tensors.add(floats("queries", random, batch, QUERY));
    }
    if (random.nextBoolean()) {
      tensors.add(
          random.nextBoolean()
              ? floats("bias", random, batch, steps)
              : floats("bias", random, batch, HEADS, steps));
    }
    return write(tensors.toArray(Tensor[]::new));
  }

  private Path writeRagged(SplittableRandom random) {
    long[] offsets = new long[1 + random.nextInt(7)];
    for (int b = 1; b < offsets.length; b++) {
      offsets[b] = offsets[b - 1] + random.nextInt(15);
    }
    int rows = (int) offsets[offsets.length - 1];
    List<Tensor> tensors = new ArrayList<>();
    tensors.add(floats("x", random, rows, WIDTH));
    if (random.nextBoolean()) {
      tensors.add(longs("offsets", offsets));
    } else {
      tensors.add(longs("bags", random.longs(rows, 5, 10).sorted().toArray()));
    }
    if (random.nextBoolean()) {
      tensors.add(floats("bias", random, rows));
    }
    return write(tensors.toArray(Tensor[]::new));
  }

  /** Against the mapped file. */
  private static void check(Path path, int maxRows, int maxSequences) {
    try (SequencesFile file = SequencesFile.open(path);
        SequencesStream stream = SequencesStream.open(path);
        Arena arena = Arena.ofConfined()) {
      Sequences all = file.sequences();
      assertEquals(all.batch(), stream.batch());
      assertEquals(all.steps().orElse(-1), stream.steps());
      assertEquals(all.positions(), stream.positions());
      RowChunk chunk = stream.newChunk(maxRows, maxSequences, arena);
      long row = 0;
      int sequence = 0;
      while (stream.read(chunk)) {
        assertTrue(chunk.rows() <= maxRows && chunk.sequences() <= maxSequences);
        assertEquals(sequence, chunk.firstSequence());
        boolean whole = chunk.begins() && chunk.ends();
        assertTrue(whole || chunk.sequences() == 1);
        assertTrue(chunk.ends() || chunk.rows() == maxRows, "only a last part may be smaller");
        checkRows(all, chunk, row);
        checkQueries(all, chunk);
        checkBias(all, chunk, row);
        for (int i = 0; i < chunk.sequences(); i++) {
          if (whole) {
            assertEquals(all.keptRows(sequence + i), chunk.rows(i));
          }
          checkRuns(all, chunk, i, row);
        }
        row += chunk.rows();
        sequence += chunk.ends() ? chunk.sequences() : 0;
        if (chunk.ends()) {
          assertEquals(EngineInputs.of(all).kept().first(sequence), row);
        }
      }
      assertEquals(all.batch(), sequence);
      assertEquals(all.keptRows(), row);
      assertFalse(stream.read(chunk));
    }
  }

  private static void checkRows(Sequences all, RowChunk chunk, long firstRow) {
    Sequences view = chunk.view();
    assertEquals(chunk.rows(), view.positions());
    for (int i = 0; i < chunk.rows(); i++) {
      long position = EngineInputs.of(all).kept().position(firstRow + i);
      assertEquals(
          -1,
          MemorySegment.mismatch(
              all.rows().memory().orElseThrow(),
              position * WIDTH * Float.BYTES,
              (position + 1) * WIDTH * Float.BYTES,
              view.rows().memory().orElseThrow(),
              (long) i * WIDTH * Float.BYTES,
              (i + 1L) * WIDTH * Float.BYTES));
    }
  }

  private static void checkQueries(Sequences all, RowChunk chunk) {
    assertEquals(all.queries().isPresent(), chunk.view().queries().isPresent());
    if (all.queries().isPresent() && all.batch() > 0) {
      long row = (long) QUERY * Float.BYTES;
      MemorySegment expected =
          all.queries().orElseThrow().asSlice(chunk.firstSequence() * row, chunk.sequences() * row);
      assertEquals(-1, expected.mismatch(chunk.view().queries().orElseThrow()));
    }
  }

  private static void checkBias(Sequences all, RowChunk chunk, long firstRow) {
    Sequences view = chunk.view();
    assertEquals(all.biasHeads(), view.biasHeads());
    for (int i = 0; i < chunk.sequences() && all.biasHeads() > 0; i++) {
      for (int head = 0; head < HEADS; head++) {
        RowBatch whole = EngineInputs.of(all);
        RowBatch part = EngineInputs.of(view);
        long base =
            whole.scoreBias().base(whole, chunk.firstSequence() + i, head % all.biasHeads());
        long partBase = part.scoreBias().base(part, i, head % all.biasHeads());
        for (long row = view.offset(i); row < view.offset(i + 1); row++) {
          long position = whole.kept().position(firstRow + row);
          assertEquals(
              whole.scoreBias().values()[(int) (base + position)],
              part.scoreBias().values()[(int) (partBase + row)]);
        }
      }
    }
  }

  /** Runs and what is settled lie where the rows do, within the sequence. */
  private static void checkRuns(Sequences all, RowChunk chunk, int index, long firstRow) {
    int sequence = chunk.firstSequence() + index;
    long position = chunk.from(index);
    if (chunk.begins() || index > 0) {
      assertEquals(all.offset(sequence), position);
    }
    for (int run = chunk.firstRun(index); run < chunk.firstRun(index + 1); run++) {
      assertTrue(chunk.runPosition(run) >= position);
      assertTrue(chunk.runRows(run) > 0);
      for (int i = 0; i < chunk.runRows(run); i++) {
        long row = firstRow + chunk.runRow(run) + i;
        assertEquals(EngineInputs.of(all).kept().position(row), chunk.runPosition(run) + i);
      }
      position = chunk.runPosition(run) + chunk.runRows(run);
    }
    boolean ends = chunk.ends() || index + 1 < chunk.sequences();
    assertEquals(ends ? all.offset(sequence + 1) : position, chunk.to(index));
  }

  @Test
  void leavesOutTheColumnsThatAreNotUsed() {
    SplittableRandom random = new SplittableRandom(8);
    float[] values = new float[2 * 4 * 5];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble();
    }
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    Tensor f32 = Tensor.of("features", values, 2, 4, 5);
    Tensor f64 =
        new Tensor("x", ElementType.F64, new long[] {2, 4, 5}, MemorySegment.ofArray(doubles));
    InputOptions options = InputOptions.DEFAULT.withColumns(1, 4);
    for (Tensor x : List.of(f32, f64)) {
      try (SequencesStream stream =
              SequencesStream.open(write(x, longs("lengths", 3, 4)), options);
          Arena arena = Arena.ofConfined()) {
        assertEquals(3, stream.width());
        RowChunk chunk = stream.newChunk(8, 2, arena);
        assertTrue(stream.read(chunk));
        int[] rows = {0, 1, 2, 4, 5, 6, 7};
        float[] found = chunk.view().rows().memory().orElseThrow().toArray(JAVA_FLOAT);
        assertEquals(rows.length * 3, found.length);
        for (int i = 0; i < found.length; i++) {
          assertEquals(values[rows[i / 3] * 5 + 1 + i % 3], found[i]);
        }
      }
    }
  }

  @Test
  void numbersBagsAndTakesAnInputWithoutRows() {
    Tensor x = floats("x", new SplittableRandom(3), 4, WIDTH);
    try (SequencesStream stream = SequencesStream.open(write(x, longs("bag", 4, 4, 1, 8)))) {
      assertEquals(3, stream.batch());
      assertEquals(8, stream.bagNumber(2).orElseThrow());
    }
    Path nothing = write(Tensor.of("features", new float[0], 0));
    try (SequencesStream stream =
            SequencesStream.open(nothing, InputOptions.DEFAULT.withEmptyWidth(7));
        Arena arena = Arena.ofConfined()) {
      assertEquals(List.of(1, 7), List.of(stream.batch(), stream.width()));
      RowChunk chunk = stream.newChunk(2, 2, arena);
      assertTrue(stream.read(chunk));
      assertEquals(1, chunk.view().batch());
      assertFalse(stream.read(chunk));
    }
  }

  @Test
  void readsLongGapsApartAndShortOnesAlong() {
    int width = 8192; // a row is 32 KiB: a gap of two rows is read along, one of three is not
    byte[] marks = {1, 0, 0, 1, 0, 0, 0, 1, 0, 1};
    Tensor keep =
        new Tensor("keep", ElementType.U8, new long[] {1, 10}, MemorySegment.ofArray(marks));
    Path path = write(floats("x", new SplittableRandom(9), 1, 10, width), keep);
    try (SequencesFile file = SequencesFile.open(path);
        SequencesStream stream = SequencesStream.open(path);
        Arena arena = Arena.ofConfined()) {
      RowChunk chunk = stream.newChunk(10, 1, arena);
      assertTrue(stream.read(chunk));
      long bytes = (long) width * Float.BYTES;
      for (int i = 0; i < chunk.rows(); i++) {
        long position = EngineInputs.of(file.sequences()).kept().position(i);
        MemorySegment expected =
            file.sequences().rows().memory().orElseThrow().asSlice(position * bytes, bytes);
        assertEquals(
            -1,
            expected.mismatch(
                chunk.view().rows().memory().orElseThrow().asSlice(i * bytes, bytes)));
      }
    }
  }

  @Test
  void clearsWhatTheMaskLeavesOut() {
    byte[] marks = {1, 0, 1, 0, 0, 1};
    Tensor keep =
        new Tensor("keep", ElementType.U8, new long[] {2, 3}, MemorySegment.ofArray(marks));
    Path path = write(floats("x", new SplittableRandom(1), 2, 3, WIDTH), keep);
    try (SequencesStream stream = SequencesStream.open(path)) {
      float[] values = {1, 2, 3, 4};
      stream.clearMasked(MemorySegment.ofArray(values), 2);
      assertArrayEquals(new float[] {1, 0, 0, 4}, values);
    }
  }

  @Test
  void roundsF64OfNpyAndConvertsQueries() throws IOException {
    double[] doubles = {0.1, -3, 1e300, 7};
    ByteBuffer bytes = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(doubles).forEach(bytes::putDouble);
    String header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }";
    byte[] npy = NpyBytes.of(1, header, 32);
    System.arraycopy(bytes.array(), 0, npy, npy.length - 32, 32);
    Path path = Files.write(folder.resolve("x.npy"), npy);
    try (SequencesStream stream = SequencesStream.open(path);
        Arena arena = Arena.ofConfined()) {
      assertEquals(ElementType.F32, stream.type());
      RowChunk chunk = stream.newChunk(2, 1, arena);
      assertTrue(stream.read(chunk));
      assertArrayEquals(
          new float[] {0.1f, -3, Float.POSITIVE_INFINITY, 7},
          chunk.view().rows().memory().orElseThrow().toArray(JAVA_FLOAT));
    }
    short[] halves = {Float.floatToFloat16(0.5f), Float.floatToFloat16(-2)};
    Tensor queries =
        new Tensor("queries", ElementType.F16, new long[] {2, 1}, MemorySegment.ofArray(halves));
    Path queried = write(floats("x", new SplittableRandom(1), 2, 1, WIDTH), queries);
    try (SequencesStream stream = SequencesStream.open(queried);
        Arena arena = Arena.ofConfined()) {
      RowChunk chunk = stream.newChunk(2, 2, arena);
      assertTrue(stream.read(chunk));
      assertArrayEquals(
          new float[] {0.5f, -2}, chunk.view().queries().orElseThrow().toArray(JAVA_FLOAT));
    }
  }

  @Test
  void refusesWhatIsNotSound() {
    SplittableRandom random = new SplittableRandom(1);
    Tensor padded = floats("x", random, 2, 3, WIDTH);
    Tensor rows = floats("x", random, 6, WIDTH);
    refuse("lengths[1] is 4, must be 0 to 3", padded, longs("lengths", 1, 4));
    refuse("offsets[0] is 1, must be 0", rows, longs("offsets", 1, 6));
    refuse("offsets[2] is 3, must not be below the 4", rows, longs("offsets", 0, 4, 3, 6));
    refuse("offsets end at 7, must end at 6", rows, longs("offsets", 0, 7));
    refuse("queries is F32 [3, 2], must be", padded, floats("queries", random, 3, 2));
    refuse("there is a tensor 'length'", padded, floats("length", random, 1));
    refuse("bags[2] is 1, which ended at row 0", rows, longs("bags", 1, 2, 1, 1, 1, 1));
    Tensor bias = Tensor.of("bias", new float[] {0, 0, 0, 0, Float.POSITIVE_INFINITY, 0}, 2, 3);
    refuse("the bias at position 4 is Infinity, must be finite", padded, bias);
    byte[] marks = {1, 0, 2, 0, 0, 1};
    Tensor keep =
        new Tensor("keep", ElementType.U8, new long[] {2, 3}, MemorySegment.ofArray(marks));
    refuse("the keep mask at position 2 is 2, must be 0 or 1", padded, keep);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 0"})
  void refusesAChunkWithoutRoom(int rows, int sequences) {
    Path path = write(floats("x", new SplittableRandom(1), 2, WIDTH));
    try (SequencesStream stream = SequencesStream.open(path);
        Arena arena = Arena.ofConfined()) {
      AttnPoolException e =
          assertThrows(AttnPoolException.class, () -> stream.newChunk(rows, sequences, arena));
      assertEquals(
          "chunk: room for %d rows of %d sequences, must be at least 1".formatted(rows, sequences),
          e.getMessage());
    }
  }

  @Test
  void saysThatTheFileIsCut() throws IOException {
    Path path = write(floats("x", new SplittableRandom(1), 100, WIDTH));
    try (SequencesStream stream = SequencesStream.open(path);
        Arena arena = Arena.ofConfined();
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      RowChunk chunk = stream.newChunk(10, 1, arena);
      assertTrue(stream.read(chunk));
      file.setLength(file.length() - 80 * WIDTH * Float.BYTES - 1);
      AttnPoolException e =
          assertThrows(
              AttnPoolException.class,
              () -> {
                while (stream.read(chunk)) {
                  assertTrue(chunk.rows() > 0);
                }
              });
      assertEquals("read " + path + ": the file was cut short while it was read", e.getMessage());
    }
  }

  private void refuse(String problem, Tensor... tensors) {
    Path path = write(tensors);
    AttnPoolException e =
        assertThrows(
            AttnPoolException.class,
            () -> {
              try (SequencesStream stream = SequencesStream.open(path);
                  Arena arena = Arena.ofConfined()) {
                stream.read(stream.newChunk(10, 10, arena));
              }
            });
    assertTrue(e.getMessage().startsWith("read " + path + ": "), e.getMessage());
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  private Path write(Tensor... tensors) {
    Path path = folder.resolve("input.safetensors");
    SafetensorsWriter.write(path, List.of(tensors), Map.of());
    return path;
  }

  private static Tensor floats(String name, SplittableRandom random, long... shape) {
    int size = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextFloat();
    }
    return Tensor.of(name, values, shape);
  }

  private static Tensor longs(String name, long... values) {
    return new Tensor(
        name, ElementType.I64, new long[] {values.length}, MemorySegment.ofArray(values));
  }
}
