package io.github.attnpool.batch;

import static io.github.attnpool.batch.InputFile.longs;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.ElementType;
import io.github.attnpool.EngineInputs;
import io.github.attnpool.Sequences;
import io.github.attnpool.format.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequencesFileTest {
  private static final Tensor PADDED = Tensor.of("x", new float[12], 2, 3, 2);
  private static final Tensor ROWS = Tensor.of("x", new float[12], 6, 2);

  @TempDir private Path folder;

  @Test
  void readsAPaddedBatch() {
    try (SequencesFile file = open(PADDED)) {
      Sequences in = file.sequences();
      assertTrue(in.isPadded());
      assertEquals(List.of(2, 3L, 2), List.of(in.batch(), in.steps().orElseThrow(), in.width()));
      assertEquals(6, in.keptRows());
    }
    try (SequencesFile file = open(PADDED, longs("lengths", 1, 3))) {
      assertEquals(1, file.sequences().keptRows(0));
      assertEquals(3, file.sequences().keptRows(1));
    }
    try (SequencesFile file = open(PADDED, keep(ElementType.U8, 1, 0, 1, 0, 0, 0))) {
      assertEquals(2, file.sequences().keptRows(0));
      assertEquals(0, file.sequences().keptRows(1));
    }
  }

  @Test
  void keepsRowsThatBothLengthsAndMaskKeep() {
    Tensor keep = keep(ElementType.BOOL, 0, 1, 1, 1, 0, 1);
    try (SequencesFile file = open(PADDED, longs("lengths", 2, 3), keep)) {
      assertEquals(1, file.sequences().keptRows(0));
      assertEquals(1, EngineInputs.of(file.sequences()).kept().position(0));
      assertEquals(2, file.sequences().keptRows(1));
    }
  }

  @Test
  void readsRowsWithAndWithoutOffsets() {
    try (SequencesFile file = open(ROWS, longs("offsets", 0, 4, 4, 6))) {
      Sequences in = file.sequences();
      assertFalse(in.isPadded());
      assertEquals(3, in.batch());
      assertEquals(0, in.keptRows(1));
    }
    try (SequencesFile file = open(ROWS)) {
      assertEquals(1, file.sequences().batch());
      assertEquals(6, file.sequences().positions());
    }
    try (SequencesFile file = open(Tensor.of("x", new float[0], 0, 2), longs("offsets", 0))) {
      assertEquals(0, file.sequences().batch());
    }
  }

  @Test
  void refusesABadX() {
    refuse(
        "there is no tensor 'x', 'features' or 'feats', found offsets; name the one that holds",
        longs("offsets", 0, 6));
    refuse("there is no tensor 'x', 'features' or 'feats', found no tensors");
    refuse("x is F32 [12], must be [B,T,H] or [N,H]", Tensor.of("x", new float[12], 12));
    refuse("x is F32 [1, 1, 1, 1], must be", Tensor.of("x", new float[1], 1, 1, 1, 1));
    refuse("x is F32 [2, 0], must be of a width H", Tensor.of("x", new float[0], 2, 0));
    refuse(
        "x is I64 [2], must be F32, BF16 or F16, or F64, which is rounded to F32",
        longs("x", 1, 2));
  }

  @Test
  void refusesBadOffsets() {
    refuse("offsets[2] is 3, must not be below the 4 before", ROWS, longs("offsets", 0, 4, 3, 6));
    refuse("offsets[0] is 1, must be 0", ROWS, longs("offsets", 1, 6));
    refuse("offsets[1] is -1", ROWS, longs("offsets", 0, -1, 6));
    refuse("offsets end at 7, must end at 6", ROWS, longs("offsets", 0, 7));
    refuse("offsets is F32 [2], must be integers", ROWS, Tensor.of("offsets", new float[2], 2));
    refuse("offsets is I64 [0], must be integers [B+1]", ROWS, longs("offsets"));
    refuse("offsets go with rows x [N,H], but x is F32 [2, 3, 2]", PADDED, longs("offsets", 0, 6));
  }

  @Test
  void refusesBadLengths() {
    refuse("lengths[0] is -1, must be 0 to 3", PADDED, longs("lengths", -1, 2));
    refuse("lengths[1] is 4, must be 0 to 3", PADDED, longs("lengths", 1, 4));
    refuse("lengths is I64 [3], must be integers [2]", PADDED, longs("lengths", 1, 2, 3));
    Tensor nan = Tensor.of("lengths", new float[] {Float.NaN, 1}, 2);
    refuse("lengths is F32 [2], must be integers [2]", PADDED, nan);
    refuse("lengths goes with padded x [B,T,H]", ROWS, longs("lengths", 6));
  }

  @Test
  void refusesABadMask() {
    refuse("is 2, must be 0 or 1", PADDED, keep(ElementType.U8, 1, 0, 2, 0, 0, 0));
    refuse(
        "the keep mask at position 1 is -1, must be 0 or 1",
        PADDED,
        keep(ElementType.I8, 1, -1, 0, 0, 0, 0));
    refuse(
        "keep is F32 [2, 3], must be BOOL or integers [2, 3]",
        PADDED,
        Tensor.of("keep", new float[6], 2, 3));
    Tensor flat =
        new Tensor("keep", ElementType.BOOL, new long[] {6}, MemorySegment.ofArray(new byte[6]));
    refuse("keep is BOOL [6], must be BOOL or integers [2, 3]", PADDED, flat);
    refuse("keep goes with padded x [B,T,H]", ROWS, flat);
  }

  @Test
  void readsQueriesOfAnyRealType() {
    Tensor rows = Tensor.of("queries", new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    try (SequencesFile file = open(PADDED, longs("lengths", 1, 3), rows)) {
      Sequences in = file.sequences();
      assertEquals(3, in.queryWidth());
      assertEquals(4, in.keptRows());
      assertEquals(6, in.queries().orElseThrow().getAtIndex(JAVA_FLOAT_UNALIGNED, 5));
    }
    short[] halves = {Float.floatToFloat16(0.5f)};
    Tensor half =
        new Tensor("queries", ElementType.F16, new long[] {1, 1}, MemorySegment.ofArray(halves));
    try (SequencesFile file = open(ROWS, half)) {
      assertEquals(
          0.5f, file.sequences().queries().orElseThrow().getAtIndex(JAVA_FLOAT_UNALIGNED, 0));
    }
    refuse("queries is F32 [2, 3], must be real numbers [1,Q]", ROWS, rows);
    refuse("queries is I64 [2], must be real numbers [2,Q]", PADDED, longs("queries", 1, 2));
    Tensor narrow = Tensor.of("queries", new float[0], 2, 0);
    refuse("queries is F32 [2, 0], must be real numbers [2,Q]", PADDED, narrow);
  }

  @Test
  void readsAMaskOfAnyIntegers() {
    Tensor keep =
        new Tensor(
            "keep",
            ElementType.I64,
            new long[] {2, 3},
            MemorySegment.ofArray(new long[] {1, 0, 1, 0, 0, 1}));
    try (SequencesFile file = open(PADDED, keep)) {
      assertEquals(2, file.sequences().keptRows(0));
      assertEquals(1, file.sequences().keptRows(1));
    }
    Tensor wide =
        new Tensor(
            "keep",
            ElementType.I64,
            new long[] {2, 3},
            MemorySegment.ofArray(new long[] {1, 0, 256, 0, 0, 1}));
    refuse("the keep mask at position 2 is 256, must be 0 or 1", PADDED, wide);
  }

  @Test
  void readsNpyByNameOrContent() throws IOException {
    for (String name : new String[] {"x.npy", "x.data"}) {
      Path path = folder.resolve(name);
      Files.write(path, npy("<f4", "(2, 3, 1)", bytes(new float[6])));
      try (SequencesFile file = SequencesFile.open(path)) {
        assertEquals(2, file.sequences().batch());
        assertEquals(ElementType.F32, file.sequences().rows().type());
      }
    }
  }

  @Test
  void roundsF64() {
    double[] doubles = new double[100_000];
    Arrays.setAll(doubles, i -> 0.1 * i);
    Tensor f64 = new Tensor("x", ElementType.F64, new long[] {50_000, 2}, bytes(doubles));
    try (SequencesFile file = open(f64, longs("offsets", 0, 7, 50_000))) {
      Sequences in = file.sequences();
      assertEquals(ElementType.F32, in.rows().type());
      assertEquals(2, in.batch());
      for (int i = 0; i < doubles.length; i++) {
        assertEquals(
            (float) doubles[i], in.rows().memory().orElseThrow().get(JAVA_FLOAT_UNALIGNED, 4L * i));
      }
    }
  }

  @Test
  void roundsNpyF64() throws IOException {
    Path path = folder.resolve("x.npy");
    Files.write(path, npy("<f8", "(2, 1)", bytes(new double[] {0.1, -3})));
    try (SequencesFile file = SequencesFile.open(path)) {
      assertEquals(ElementType.F32, file.sequences().rows().type());
      assertEquals(
          0.1f, file.sequences().rows().memory().orElseThrow().get(JAVA_FLOAT_UNALIGNED, 0));
    }
  }

  @Test
  void alignsAnXThatTheFilePutsAskew() throws IOException {
    String header =
        "{\"keep\":{\"dtype\":\"BOOL\",\"shape\":[1,1],\"data_offsets\":[0,1]},"
            + "\"x\":{\"dtype\":\"F32\",\"shape\":[1,1,1],\"data_offsets\":[1,5]}}";
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 5).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length()).put(header.getBytes(ISO_8859_1)).put((byte) 1).putFloat(7);
    Path path = Files.write(folder.resolve("askew.safetensors"), bytes.array());
    try (SequencesFile file = SequencesFile.open(path)) {
      assertEquals(0, file.sequences().rows().memory().orElseThrow().address() % Float.BYTES);
      assertEquals(7, file.sequences().rows().memory().orElseThrow().get(JAVA_FLOAT_UNALIGNED, 0));
    }
  }

  @Test
  void closesTwiceAndTakesTheMemoryWithIt() {
    SequencesFile file = open(PADDED);
    file.close();
    file.close();
    assertFalse(file.sequences().rows().memory().orElseThrow().scope().isAlive());
  }

  private void refuse(String problem, Tensor... tensors) {
    new InputFile(folder).refuse(problem, tensors);
  }

  private SequencesFile open(Tensor... tensors) {
    return new InputFile(folder).open(tensors);
  }

  private static Tensor keep(ElementType type, int... marks) {
    byte[] bytes = new byte[marks.length];
    for (int i = 0; i < marks.length; i++) {
      bytes[i] = (byte) marks[i];
    }
    return new Tensor("keep", type, new long[] {2, 3}, MemorySegment.ofArray(bytes));
  }

  private static MemorySegment bytes(double[] values) {
    return MemorySegment.ofArray(values);
  }

  private static MemorySegment bytes(float[] values) {
    return MemorySegment.ofArray(values);
  }

  private static byte[] npy(String type, String shape, MemorySegment data) {
    String header =
        "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n".formatted(type, shape);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("\223NUMPY\1\0".getBytes(ISO_8859_1));
    bytes.write(header.length());
    bytes.write(0);
    bytes.writeBytes(header.getBytes(ISO_8859_1));
    bytes.writeBytes(data.toArray(JAVA_BYTE));
    return bytes.toByteArray();
  }
}
