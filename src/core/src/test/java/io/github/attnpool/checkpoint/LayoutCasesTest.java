package io.github.attnpool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.Plan;
import io.github.attnpool.Sequences;
import io.github.attnpool.batch.SequencesFile;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.internal.backends.Backends;
import io.github.attnpool.spi.Backend;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Small checkpoints of public models, with what the models' own formulas give in PyTorch and
 * float64: see scripts/fixtures/make-layout-fixtures.py.
 */
class LayoutCasesTest {
  private static final Path CASES = Path.of("src/test/resources/layouts");
  private static final double TOLERANCE = 1e-5;

  static List<Path> cases() throws IOException {
    try (Stream<Path> folders = Files.list(CASES)) {
      return folders.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesWhatTheModelGives(Path folder) throws IOException {
    Path refused = folder.resolve("refused.txt");
    if (Files.exists(refused)) {
      AttnPoolException e =
          assertThrows(AttnPoolException.class, () -> check(folder, "jvm", Plan.STAGED));
      assertTrue(e.getMessage().contains(Files.readString(refused).strip()), e.getMessage());
      return;
    }
    int checked = 0;
    for (Backend backend : Backends.all()) {
      for (Plan plan : Plan.values()) {
        // Staged plans of native backends refuse a bias for the scores, by name.
        boolean refusesBias =
            (folder.endsWith("bias-of-the-input-per-head")
                    || folder.endsWith("statistics-of-scores-that-are-all-minus-infinite"))
                && plan == Plan.STAGED
                && !backend.name().equals("jvm");
        if (backend.availability().available()
            && !refusesBias
            && backend.lacks(parameters(folder), plan).isEmpty()) {
          check(folder, backend.name(), plan);
          checked++;
        }
      }
    }
    assertTrue(checked >= 2, "the reference and one more at least");
  }

  private static AttentionParameters parameters(Path folder) {
    try (Checkpoint checkpoint = Checkpoint.open(folder.resolve("weights.safetensors"))) {
      Path layout = folder.resolve("layout.json");
      LayerReader reader = checkpoint.layer();
      return Files.exists(layout)
          ? reader.layout(Layout.read(layout)).parameters()
          : reader.parameters();
    }
  }

  private static void check(Path folder, String backend, Plan plan) {
    try (Arena arena = Arena.ofShared();
        AttentionPooling layer =
            AttentionPooling.builder(parameters(folder)).backend(backend).plan(plan).build();
        SequencesFile input = SequencesFile.open(folder.resolve("input.safetensors"));
        TensorFile expected = open(folder)) {
      Sequences in = input.sequences();
      Set<Output> wanted = EnumSet.of(Output.CONTEXT, Output.WEIGHTS);
      if (layer.parameters().logitCount() > 0) {
        wanted.add(Output.LOGITS);
      }
      Outputs out = layer.allocate(in, arena, wanted);
      layer.forward(in, out);
      for (Output output : wanted) {
        String name = output.name().toLowerCase(Locale.ROOT);
        float[] found = out.toArray(output);
        float[] must = expected.floats(name);
        assertEquals(must.length, found.length, name);
        for (int i = 0; i < must.length; i++) {
          assertEquals(must[i], found[i], TOLERANCE, name + " " + i + ", " + backend + " " + plan);
        }
      }
    }
  }

  /** The expected outputs; of a case that must be refused, anything that is sound. */
  private static TensorFile open(Path folder) {
    Path expected = folder.resolve("expected.safetensors");
    return TensorFile.open(Files.exists(expected) ? expected : folder.resolve("input.safetensors"));
  }
}
