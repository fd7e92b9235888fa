package io.github.attnpool.cli.run;

import static io.github.attnpool.cli.run.StreamCase.WIDTH;
import static io.github.attnpool.cli.run.StreamCase.longs;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.batch.SequencesFile;
import io.github.attnpool.batch.SequencesStream;
import io.github.attnpool.cli.options.Choice;
import io.github.attnpool.format.PartsWriter;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.internal.backends.Backends;
import io.github.attnpool.spi.Backend;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A file pooled in chunks, of whatever size, gives the bits of one forward call. */
class StreamedRunTest {
  private static final Set<Output> ALL = EnumSet.allOf(Output.class);

  @TempDir private Path folder;

  static Stream<String> backends() {
    return Backends.all().stream()
        .filter(backend -> backend.availability().available())
        .map(Backend::name);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void oneLongSequenceOfEveryElementType(String backend) {
    for (ElementType type :
        new ElementType[] {ElementType.F32, ElementType.BF16, ElementType.F16}) {
      StreamCase random = new StreamCase(1);
      AttentionParameters parameters = random.plain(1);
      int block = block(backend, parameters);
      for (int rows : new int[] {1, block, 2 * block, 3 * block + 7}) {
        check(backend, parameters, EmptySequencePolicy.ZERO, random.x(type, rows, WIDTH));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void raggedSequencesShortAndLong(String backend) {
    StreamCase random = new StreamCase(2);
    AttentionParameters parameters = random.plain(3);
    int block = block(backend, parameters);
    long[] lengths = {3, 0, block, 1, 2L * block + 1, 2L * block, 0, 5, 3L * block - 1, 2, 2};
    long[] offsets = new long[lengths.length + 1];
    for (int b = 0; b < lengths.length; b++) {
      offsets[b + 1] = offsets[b] + lengths[b];
    }
    Tensor x = random.x(ElementType.F32, offsets[lengths.length], WIDTH);
    for (EmptySequencePolicy policy : EnumSet.complementOf(EnumSet.of(EmptySequencePolicy.ERROR))) {
      check(backend, parameters, policy, x, longs("offsets", offsets));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void paddedSequencesWithLengthsAndMask(String backend) {
    StreamCase random = new StreamCase(3);
    AttentionParameters parameters = random.plain(2);
    int block = block(backend, parameters);
    int batch = 4;
    for (int steps : new int[] {7, 2 * block + 3}) {
      Tensor x = random.x(ElementType.F32, batch, steps, WIDTH);
      Tensor lengths = longs("lengths", steps, 2, steps - 1, steps - 3);
      for (EmptySequencePolicy policy :
          EnumSet.of(EmptySequencePolicy.ZERO, EmptySequencePolicy.NAN)) {
        check(backend, parameters, policy, x);
        check(backend, parameters, policy, x, lengths);
        for (int ofTen : new int[] {1, 5, 9}) {
          Tensor keep = random.keep(batch, steps, ofTen, 2);
          check(backend, parameters, policy, x, keep);
          check(backend, parameters, policy, x, lengths, keep);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void everythingThatALayerMayHave(String backend) {
    StreamCase random = new StreamCase(4);
    AttentionParameters parameters = random.full(2);
    int block = block(backend, parameters);
    for (int steps : new int[] {5, 2 * block + 3}) {
      check(
          backend,
          parameters,
          EmptySequencePolicy.ZERO,
          random.x(ElementType.F16, 3, steps, WIDTH),
          longs("lengths", 0, steps, steps - 2),
          random.queries(3));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aBiasForAllHeadsAndForEach(String backend) {
    StreamCase random = new StreamCase(8);
    AttentionParameters parameters = random.plain(2);
    int block = block(backend, parameters);
    for (int steps : new int[] {5, 2 * block + 3}) {
      Tensor x = random.x(ElementType.F32, 3, steps, WIDTH);
      Tensor keep = random.keep(3, steps, 7, -1);
      Tensor shared = Tensor.of("bias", random.floats(3 * steps), 3, steps);
      Tensor each = Tensor.of("bias", random.floats(3 * 2 * steps), 3, 2, steps);
      check(backend, parameters, EmptySequencePolicy.ZERO, x, shared);
      check(backend, parameters, EmptySequencePolicy.ZERO, x, each);
      check(backend, parameters, EmptySequencePolicy.ZERO, x, keep, each);
    }
    Tensor rows = random.x(ElementType.F32, block + 9, WIDTH);
    Tensor bias = Tensor.of("bias", random.floats(block + 9), block + 9);
    long[] bags = new long[block + 9];
    Arrays.setAll(bags, row -> row < 5 ? 3 : 1);
    check(backend, parameters, EmptySequencePolicy.ZERO, rows, bias, longs("bags", bags));
  }

  @Test
  void scoresThatAreNoNumbers() {
    StreamCase random = new StreamCase(5);
    AttentionParameters parameters = random.plain(1);
    int steps = 3 * block("jvm", parameters);
    float[] values = random.floats(steps * WIDTH);
    values[WIDTH * 3] = Float.NaN;
    Tensor x = Tensor.of("x", values, 1, steps, WIDTH);
    check("jvm", parameters, EmptySequencePolicy.ZERO, x, random.keep(1, steps, 9, -1));
  }

  @Test
  void noSequences() {
    AttentionParameters parameters = new StreamCase(6).plain(1);
    check("jvm", parameters, EmptySequencePolicy.ZERO, Tensor.of("x", new float[0], 0, 4, WIDTH));
    Tensor none = Tensor.of("x", new float[0], 0, WIDTH);
    check("jvm", parameters, EmptySequencePolicy.ZERO, none, longs("offsets", 0));
    check("jvm", parameters, EmptySequencePolicy.ZERO, none);
    check("jvm", parameters, EmptySequencePolicy.ZERO, Tensor.of("x", new float[0], 3, 0, WIDTH));
  }

  @Test
  void sequencesWithoutRowsThatThePolicyDoesNotAllow() {
    StreamCase random = new StreamCase(7);
    AttentionParameters parameters = random.plain(1);
    StreamCase.write(
        folder.resolve("in"), random.x(ElementType.F32, 3, 4, WIDTH), longs("lengths", 4, 4, 0));
    assertFails(
        "forward: sequence 2 has no rows, must have", parameters, EmptySequencePolicy.ERROR);
    assertFails("run: all rows of sequence 2 are masked", parameters, EmptySequencePolicy.UNIFORM);
  }

  private void assertFails(
      String problem, AttentionParameters parameters, EmptySequencePolicy policy) {
    try (AttentionPooling layer = layer("jvm", parameters, policy);
        SequencesStream in = SequencesStream.open(folder.resolve("in"))) {
      AttnPoolException e =
          assertThrows(
              AttnPoolException.class,
              () -> new StreamedRun(layer, in, policy).run(Map.of(), nowhere()));
      assertTrue(e.getMessage().startsWith(problem), e.getMessage());
    }
  }

  /** Compares all results, for several sizes of chunks. */
  private void check(
      String backend,
      AttentionParameters parameters,
      EmptySequencePolicy policy,
      Tensor... tensors) {
    Path input = StreamCase.write(folder.resolve("in"), tensors);
    try (AttentionPooling layer = layer(backend, parameters, policy);
        SequencesFile file = SequencesFile.open(input);
        Arena arena = Arena.ofShared()) {
      Outputs expected = layer.allocate(file.sequences(), arena, ALL);
      layer.forward(file.sequences(), expected);
      int block = layer.blockRows();
      compare(layer, policy, input, expected, new ChunkSize(block, 1));
      compare(layer, policy, input, expected, new ChunkSize(block, 4));
      compare(layer, policy, input, expected, new ChunkSize(2 * block, 2));
      compare(layer, policy, input, expected, new ChunkSize(64 * block, 100));
    }
  }

  private void compare(
      AttentionPooling layer,
      EmptySequencePolicy policy,
      Path input,
      Outputs expected,
      ChunkSize size) {
    Path output = folder.resolve("out");
    Map<String, long[]> shapes = new LinkedHashMap<>();
    ALL.forEach(each -> shapes.put(Choice.name(each), new long[] {expected.size(each)}));
    try (SequencesStream in = SequencesStream.open(input);
        PartsWriter file = PartsWriter.create(output, shapes, Map.of())) {
      Map<Output, PartsWriter> files = new EnumMap<>(Output.class);
      ALL.forEach(each -> files.put(each, file));
      long rows = new StreamedRun(layer, in, policy, size).run(files, nowhere());
      assertTrue(rows <= in.positions());
      file.finish();
    }
    try (TensorFile results = TensorFile.open(output)) {
      for (Output each : ALL) {
        float[] found = results.floats(Choice.name(each));
        float[] must = expected.toArray(each);
        for (int i = 0; i < must.length; i++) {
          String where = each + " " + i + " of " + must.length + ", " + size;
          assertEquals(Float.floatToIntBits(must[i]), Float.floatToIntBits(found[i]), where);
        }
      }
    }
  }

  private static int block(String backend, AttentionParameters parameters) {
    try (AttentionPooling layer = layer(backend, parameters, EmptySequencePolicy.ZERO)) {
      return layer.blockRows();
    }
  }

  private static AttentionPooling layer(
      String backend, AttentionParameters parameters, EmptySequencePolicy policy) {
    return AttentionPooling.builder(parameters)
        .backend(backend)
        .threads(2)
        .emptySequence(policy)
        .build();
  }

  private static PrintWriter nowhere() {
    return new PrintWriter(new StringWriter());
  }
}
