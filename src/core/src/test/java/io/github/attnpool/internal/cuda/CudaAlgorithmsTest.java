package io.github.attnpool.internal.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.Output;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.Sequences;
import io.github.attnpool.internal.cuda.engine.WorkLimits;
import io.github.attnpool.testkit.Batches;
import io.github.attnpool.testkit.Forms;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever algorithms the fake cuBLASLt offers, a layer takes one that serves any rows. */
class CudaAlgorithmsTest {
  private static final long MIB = 1 << 20;

  @BeforeEach
  @AfterEach
  void nothingIsAlive() {
    System.clearProperty(WorkLimits.CHUNK_PROPERTY);
    System.clearProperty(WorkLimits.WORKSPACE_PROPERTY);
    CudaFake.reset();
  }

  /** The fake's settings: its defaults and unusual ones. */
  static Stream<String> offers() {
    return Stream.of(
        "",
        "blas.algorithms=2",
        "blas.slices=1",
        "blas.splits=1",
        "blas.slices=1,blas.splits=1",
        "blas.refuses=1",
        "blas.refuses=31",
        "blas.slices=1,blas.refuses=31",
        "blas.workspace=0",
        "blas.workspace=100000000");
  }

  private static void set(String settings) {
    Arrays.stream(settings.split(","))
        .filter(setting -> !setting.isEmpty())
        .map(setting -> setting.split("="))
        .forEach(setting -> CudaFake.set(setting[0], Long.parseLong(setting[1])));
  }

  static Stream<Arguments> offersAndPlans() {
    return offers()
        .flatMap(offer -> Stream.of(Plan.values()).map(plan -> Arguments.of(offer, plan)));
  }

  @ParameterizedTest(name = "{0} in {1}")
  @MethodSource("offersAndPlans")
  void aRowIsTheSameInAnyNumberOfRows(String offer, Plan plan) {
    set(offer);
    AttentionParameters parameters = Forms.all().get("gate, heads");
    for (Precision precision : new Precision[] {Precision.F32, Precision.BF16}) {
      try (Arena arena = Arena.ofConfined();
          AttentionPooling layer = Results.layer(parameters, plan, precision)) {
        Sequences in = Batches.ragged(parameters, ElementType.F32, arena, 1100);
        float[] all = scores(layer, in);
        for (int rows : new int[] {1, 2, 15, 16, 17, 31, 64, 65, 100, 127, 256, 300, 513, 1099}) {
          float[] alone = scores(layer, first(in, rows));
          for (int head = 0; head < parameters.heads(); head++) {
            assertArrayEquals(
                Arrays.copyOfRange(all, head * 1100, head * 1100 + rows),
                Arrays.copyOfRange(alone, head * rows, (head + 1) * rows),
                rows + " rows in " + precision);
          }
        }
      }
    }
  }

  private static float[] scores(AttentionPooling layer, Sequences in) {
    return Results.of(layer, in, EnumSet.of(Output.SCORES)).values().get(Output.SCORES);
  }

  private static Sequences first(Sequences in, long rows) {
    return Sequences.ragged(
        in.rows().memory().orElseThrow().asSlice(0, rows * in.width() * Float.BYTES),
        ElementType.F32,
        in.width(),
        0,
        rows);
  }

  /** Nor does the choice depend on chunks, which depend on the card and its cache. */
  @ParameterizedTest
  @ValueSource(strings = {"", "blas.slices=1", "blas.slices=1,blas.splits=1", "blas.refuses=31"})
  void bitsAreTheSameForAnyChunks(String offer) {
    set(offer);
    for (AttentionParameters parameters :
        new AttentionParameters[] {Forms.plain(), Forms.everything()}) {
      try (Arena arena = Arena.ofConfined()) {
        Sequences in =
            Batches.ragged(parameters, ElementType.F32, arena, 2100, 3, 0, 257, 900, 1024);
        Results expected = results(parameters, in, 256);
        for (int chunkRows : new int[] {512, 768, 2048, 65536}) {
          results(parameters, in, chunkRows).assertSameBits(expected, chunkRows + " rows");
        }
        for (int l2 : new int[] {1, 1 << 16, 1 << 20, 1 << 26}) {
          CudaFake.set("l2", l2);
          results(parameters, in, 0).assertSameBits(expected, "an L2 cache of " + l2);
        }
      }
    }
  }

  /** Of a new layer with such chunks; with the default ones for 0. */
  private static Results results(AttentionParameters parameters, Sequences in, int chunkRows) {
    if (chunkRows == 0) {
      System.clearProperty(WorkLimits.CHUNK_PROPERTY);
    } else {
      System.setProperty(WorkLimits.CHUNK_PROPERTY, "" + chunkRows);
    }
    try (AttentionPooling layer = Results.layer(parameters, Plan.FUSED, Precision.F32)) {
      return Results.of(layer, in);
    }
  }

  /** Or the tests above would show nothing. */
  @Test
  void slicedSumsHaveOtherBits() {
    AttentionParameters parameters = Forms.plain();
    try (Arena arena = Arena.ofConfined()) {
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, 300);
      Results plain = results(parameters, in, 0);
      CudaFake.set("blas.slices", 1);
      Results sliced = results(parameters, in, 0);
      assertFalse(
          Arrays.equals(plain.values().get(Output.SCORES), sliced.values().get(Output.SCORES)));
      sliced.assertNear(Results.expected(parameters, in), Tolerance.of(Precision.F32), "sliced");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "blas.algorithms=0",
        "blas.algorithms=2,blas.refuses=1",
        "blas.algorithms=2,blas.refuses=31",
        "blas.algorithms=2,blas.splits=1"
      })
  void noAlgorithm(String offer) {
    set(offer);
    for (Plan plan : Plan.values()) {
      AttnPoolException e =
          assertThrows(
              AttnPoolException.class, () -> Results.layer(Forms.plain(), plan, Precision.BF16));
      assertTrue(
          e.getMessage()
              .startsWith("build layer: cuBLASLt has no algorithm for 40 to 24 values in BF16"),
          e.getMessage());
      assertEquals(0, CudaFake.live(), CudaFake::report);
    }
  }

  /** Where what was checked does not hold for a number of rows, the call says so and no more. */
  @Test
  void aNumberOfRowsThatWasNotChecked() {
    CudaFake.set("blas.refuses", 99);
    AttentionParameters parameters = Forms.plain();
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = Results.layer(parameters, Plan.FUSED, Precision.F32)) {
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, 100);
      Results expected = Results.of(layer, in);
      AttnPoolException e =
          assertThrows(AttnPoolException.class, () -> Results.of(layer, first(in, 99)));
      assertTrue(
          e.getMessage().startsWith("cublasLtMatmul: CUBLAS_STATUS_NOT_SUPPORTED"), e.getMessage());
      Results.of(layer, in).assertSameBits(expected, "after a number of rows that is refused");
    }
  }

  /** One that needs too much is not taken, and what is needed is there. */
  @ParameterizedTest
  @CsvSource({"0, false", "8388608, true", "33554432, true", "33554433, false"})
  void workspace(long bytes, boolean isTaken) {
    AttentionParameters parameters = Forms.plain();
    try (Arena arena = Arena.ofConfined()) {
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, 300, 2, 70);
      Results expected = results(parameters, in, 0);
      CudaFake.set("blas.workspace", bytes);
      for (Plan plan : Plan.values()) {
        try (AttentionPooling layer = Results.layer(parameters, plan, Precision.F32)) {
          Results all = Results.of(layer, in);
          all.assertNear(expected, Tolerance.of(Precision.F32), plan.toString());
          assertEquals(isTaken, CudaFake.get("live.bytes") >= 8 * MIB, CudaFake::report);
        }
      }
    }
  }

  /** Processors that cut operands to TF32 are within its tolerance, too. */
  @Test
  void tf32ThatTruncates() {
    AttentionParameters parameters = Forms.everything();
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = Results.layer(parameters, Plan.FUSED, Precision.TF32);
        AttentionPooling exact = Results.layer(parameters, Plan.FUSED, Precision.F32)) {
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, Batches.lengths());
      Results rounded = Results.of(layer, in);
      Results untouched = Results.of(exact, in);
      CudaFake.set("tf32.truncates", 1);
      Results truncated = Results.of(layer, in);
      assertFalse(
          Arrays.equals(
              rounded.values().get(Output.SCORES), truncated.values().get(Output.SCORES)));
      truncated.assertNear(
          Results.expected(parameters, in), Tolerance.of(Precision.TF32), "truncated");
      Results.of(exact, in).assertSameBits(untouched, "F32 with processors that cut TF32");
    }
  }

  /** What cuDNN says of a failure is in the exception. */
  @Test
  void cudnnSaysWhy() {
    AttentionParameters parameters = Forms.plain();
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = Results.layer(parameters, Plan.STAGED, Precision.F32)) {
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, 30);
      CudaFake.fail("cudnnSoftmaxForward", 1, 3000);
      AttnPoolException e = assertThrows(AttnPoolException.class, () -> Results.of(layer, in));
      assertTrue(
          e.getMessage().startsWith("cudnnSoftmaxForward: CUDNN_STATUS_NOT_SUPPORTED (3000): "),
          e.getMessage());
      assertTrue(e.getMessage().endsWith("as the test asked for"), e.getMessage());
    }
  }

  /** More rows of weights than a grid has blocks in a dimension that cuDNN may use for them. */
  @Test
  void moreRowsThanOneSoftmaxTakes() {
    AttentionParameters parameters = Forms.all().get("gate, heads");
    System.setProperty(WorkLimits.WORKSPACE_PROPERTY, "" + 512 * MIB);
    CudaFake.set("memory", 1024 * MIB);
    long[] lengths = new long[22_000];
    Arrays.setAll(lengths, b -> b % 3);
    try (Arena arena = Arena.ofConfined();
        AttentionPooling staged = Results.layer(parameters, Plan.STAGED, Precision.F32)) {
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, lengths);
      Results.of(staged, in)
          .assertNear(
              Results.expected(parameters, in), Tolerance.of(Precision.F32), "many sequences");
    }
  }
}
