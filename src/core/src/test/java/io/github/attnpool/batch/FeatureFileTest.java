package io.github.attnpool.batch;

import static io.github.attnpool.batch.InputFile.longs;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.EngineInputs;
import io.github.attnpool.Sequences;
import io.github.attnpool.format.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What feature files of other projects hold beside or in place of x, offsets and masks. */
class FeatureFileTest {
  private static final Tensor PADDED = Tensor.of("x", new float[12], 2, 3, 2);
  private static final Tensor ROWS = Tensor.of("x", new float[12], 6, 2);

  @TempDir private Path folder;

  @Test
  void refusesATensorWhoseNameIsNearlyOneOfOurs() {
    for (String name :
        List.of(
            "length",
            "Lengths",
            "lenghts",
            "offset",
            "query",
            "queryies",
            "mask",
            "masks",
            "attention_mask",
            "coord",
            "biases",
            "keeps",
            "bagss")) {
      AttnPoolException e =
          assertThrows(AttnPoolException.class, () -> open(PADDED, longs(name, 1, 2)));
      assertTrue(
          e.getMessage().contains("there is a tensor '" + name + "', which is not used; was '"),
          e.getMessage());
    }
  }

  @Test
  void leavesOtherTensorsAlone() {
    try (SequencesFile file =
        open(PADDED, longs("labels", 1), longs("feats", 1), longs("id", 7), longs("slide", 7))) {
      assertEquals(Set.of("labels", "feats", "id", "slide"), Set.copyOf(file.ignoredTensors()));
    }
    try (SequencesFile file = open(PADDED)) {
      assertEquals(List.of(), file.ignoredTensors());
    }
  }

  @Test
  void findsTheRowsByTheirUsualNamesOrByOneThatIsGiven() {
    Tensor feats = Tensor.of("feats", new float[] {1, 2}, 1, 2);
    Tensor features = Tensor.of("features", new float[] {3, 4}, 1, 2);
    Tensor other = Tensor.of("embedding", new float[] {5, 6}, 1, 2);
    assertEquals(1, firstValue(InputOptions.DEFAULT, feats, other));
    assertEquals(3, firstValue(InputOptions.DEFAULT, feats, features, other));
    assertEquals(5, firstValue(InputOptions.DEFAULT.withX("embedding"), feats, features, other));
    AttnPoolException e =
        assertThrows(
            AttnPoolException.class,
            () -> firstValue(InputOptions.DEFAULT.withX("embeddings"), feats, other));
    assertTrue(e.getMessage().contains("there is no tensor 'embeddings', found "), e.getMessage());
  }

  private float firstValue(InputOptions options, Tensor... tensors) {
    try (SequencesFile file = open(options, tensors)) {
      return file.sequences().rows().memory().orElseThrow().get(JAVA_FLOAT_UNALIGNED, 0);
    }
  }

  @Test
  void readsBagsByANumberForEachRow() {
    for (String name : List.of("bags", "bag")) {
      try (SequencesFile file = open(ROWS, longs(name, 7, 7, -2, 9, 9, 9))) {
        Sequences in = file.sequences();
        assertEquals(3, in.batch());
        assertEquals(List.of(2L, 1L, 3L), List.of(in.keptRows(0), in.keptRows(1), in.keptRows(2)));
        assertEquals(7, file.bagNumber(0).orElseThrow());
        assertEquals(-2, file.bagNumber(1).orElseThrow());
        assertEquals(9, file.bagNumber(2).orElseThrow());
      }
    }
    try (SequencesFile file = open(Tensor.of("x", new float[0], 0, 2), longs("bags"))) {
      assertEquals(0, file.sequences().batch());
    }
    try (SequencesFile file = open(ROWS)) {
      assertTrue(file.bagNumber(0).isEmpty());
    }
  }

  @Test
  void refusesBadBags() {
    refuse(
        "bags[4] is 7, which ended at row 1: the rows of a bag must lie side by side",
        ROWS,
        longs("bags", 7, 7, 2, 2, 7, 7));
    refuse(
        "bags is I64 [5], must be integers [6], a bag number", ROWS, longs("bags", 1, 1, 1, 1, 1));
    refuse("bags is F32 [6], must be integers [6]", ROWS, Tensor.of("bags", new float[6], 6));
    refuse(
        "there are bags and offsets, must be one of",
        ROWS,
        longs("bags", 1, 1, 1, 1, 1, 1),
        longs("offsets", 0, 6));
    refuse(
        "two tensors of bag numbers",
        ROWS,
        longs("bags", 1, 1, 1, 1, 1, 1),
        longs("bag", 1, 1, 1, 1, 1, 1));
    refuse("bags goes with rows x [N,H], but x is F32 [2, 3, 2]", PADDED, longs("bags", 1, 1));
  }

  @Test
  void readsABias() {
    Tensor shared = Tensor.of("bias", new float[] {0, 1, 2, 3, 4, Float.NEGATIVE_INFINITY}, 2, 3);
    try (SequencesFile file = open(PADDED, shared)) {
      assertEquals(1, file.sequences().biasHeads());
      assertEquals(4, EngineInputs.of(file.sequences()).scoreBias().values()[4]);
    }
    Tensor perHead = Tensor.of("bias", new float[12], 2, 2, 3);
    try (SequencesFile file = open(PADDED, perHead)) {
      assertEquals(2, file.sequences().biasHeads());
    }
    double[] doubles = {0, 1, 2, 3, 4, 0.1};
    Tensor f64 =
        new Tensor("bias", ElementType.F64, new long[] {6}, MemorySegment.ofArray(doubles));
    try (SequencesFile file = open(ROWS, f64)) {
      assertEquals(0.1f, EngineInputs.of(file.sequences()).scoreBias().values()[5]);
    }
    refuse(
        "bias is F32 [6], must be real numbers [2, 3] or [2, R, 3]",
        PADDED,
        Tensor.of("bias", new float[6], 6));
    refuse(
        "bias is F32 [2, 3], must be real numbers [6]",
        ROWS,
        Tensor.of("bias", new float[6], 2, 3));
    refuse("bias is I64 [6], must be real numbers [6]", ROWS, longs("bias", 0, 0, 0, 0, 0, 0));
    refuse(
        "the bias at position 2 is NaN, must be finite",
        ROWS,
        Tensor.of("bias", new float[] {0, 0, Float.NaN, 0, 0, 0}, 6));
  }

  @Test
  void readsCoordinates() {
    try (SequencesFile file =
        open(ROWS, table("coords", 6, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12))) {
      Coordinates where = file.coordinates().orElseThrow();
      assertEquals(List.of(1.0, 2.0), List.of(where.x(0), where.y(0)));
      assertEquals(List.of(11.0, 12.0), List.of(where.x(5), where.y(5)));
      assertEquals(Map.of(), where.attributes());
    }
    Tensor floats =
        Tensor.of("coords", new float[] {0.5f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11.25f}, 2, 3, 2);
    try (SequencesFile file = open(PADDED, floats)) {
      assertEquals(0.5, file.coordinates().orElseThrow().x(0));
      assertEquals(11.25, file.coordinates().orElseThrow().y(5));
    }
    try (SequencesFile file = open(ROWS)) {
      assertTrue(file.coordinates().isEmpty());
    }
    refuse(
        "coords is F32 [6, 3], must be numbers [6, 2]",
        ROWS,
        Tensor.of("coords", new float[18], 6, 3));
    refuse(
        "coords is F32 [5, 2], must be numbers [6, 2] or [2, 3, 2]",
        PADDED,
        Tensor.of("coords", new float[10], 5, 2));
  }

  private static Tensor table(String name, long rows, long columns, long... values) {
    return new Tensor(
        name, ElementType.I64, new long[] {rows, columns}, MemorySegment.ofArray(values));
  }

  @Test
  void readsSomeColumnsWithoutACopy() {
    float[] values = new float[2 * 3 * 5];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    InputOptions options = InputOptions.DEFAULT.withColumns(2, 4);
    try (SequencesFile file = open(options, Tensor.of("x", values, 2, 3, 5))) {
      Sequences in = file.sequences();
      assertEquals(List.of(2, 3L, 2), List.of(in.batch(), in.steps().orElseThrow(), in.width()));
      assertEquals(5, in.rows().pitch());
      MemorySegment x = in.rows().memory().orElseThrow();
      assertEquals(2, x.get(JAVA_FLOAT_UNALIGNED, 0));
      assertEquals(28, x.get(JAVA_FLOAT_UNALIGNED, (5 * 5 + 1) * Float.BYTES));
    }
    double[] doubles = new double[30];
    Arrays.setAll(doubles, i -> i);
    Tensor f64 =
        new Tensor("x", ElementType.F64, new long[] {6, 5}, MemorySegment.ofArray(doubles));
    try (SequencesFile file = open(options, f64)) {
      Sequences in = file.sequences();
      assertEquals(2, in.rows().pitch());
      MemorySegment x = in.rows().memory().orElseThrow();
      assertEquals(28, x.get(JAVA_FLOAT_UNALIGNED, (5 * 2 + 1) * Float.BYTES));
    }
    AttnPoolException e =
        assertThrows(
            AttnPoolException.class, () -> open(InputOptions.DEFAULT.withColumns(2, 4), ROWS));
    assertTrue(
        e.getMessage().contains("columns are 2:4, but x is F32 [6, 2], which has the columns 0:2"),
        e.getMessage());
    assertThrows(AttnPoolException.class, () -> InputOptions.DEFAULT.withColumns(3, 3));
  }

  @Test
  void takesAnInputWithoutRowsAsOneEmptySequence() {
    try (SequencesFile file = open(Tensor.of("features", new float[0], 0, 2))) {
      assertEquals(1, file.sequences().batch());
      assertEquals(0, file.sequences().positions());
    }
    Tensor nothing = Tensor.of("features", new float[0], 0);
    try (SequencesFile file = open(InputOptions.DEFAULT.withEmptyWidth(7), nothing)) {
      assertEquals(1, file.sequences().batch());
      assertEquals(7, file.sequences().width());
    }
    refuse("features is F32 [0], must be [0,H] where there are no rows", nothing);
  }

  private void refuse(String problem, Tensor... tensors) {
    new InputFile(folder).refuse(problem, tensors);
  }

  private SequencesFile open(Tensor... tensors) {
    return new InputFile(folder).open(tensors);
  }

  private SequencesFile open(InputOptions options, Tensor... tensors) {
    return new InputFile(folder).open(options, tensors);
  }
}
