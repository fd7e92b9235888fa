package io.github.attnpool.attack;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.batch.SequencesFile;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.testkit.Bits;
import io.github.attnpool.testkit.Forms;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes a layer and a batch to files, reads them, calls, and reads what is left of a cut file. */
final class FileRound {
  private static final int MAX_ROWS = 5000;

  private final Path folder;
  private final Random random;

  FileRound(Path folder, Random random) {
    this.folder = folder;
    this.random = random;
  }

  void run() throws IOException {
    int width = 2 + random.nextInt(40);
    int units = 2 + random.nextInt(40);
    int rows = 1 + random.nextInt(MAX_ROWS);
    float[] x = Forms.uniform(random, rows * width, 1);
    Path weights = folder.resolve("weights.safetensors");
    Path input = folder.resolve("input.safetensors");
    write(weights, tensor("W.weight", units, width), tensor("a.weight", 1, units));
    write(input, new Tensor("x", ElementType.F32, new long[] {rows, width}, segment(x)));
    try (AttentionPooling layer = AttentionPooling.load(weights);
        SequencesFile file = SequencesFile.open(input);
        Arena arena = Arena.ofConfined()) {
      Outputs out = layer.allocate(file.sequences(), arena);
      layer.forward(file.sequences(), out);
      Bits.assertSame(layer.pool(x, rows), out.toArray(Output.CONTEXT), "context of a file");
    }
    byte[] bytes = Files.readAllBytes(input);
    byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length));
    assertThrows(AttnPoolException.class, () -> TensorFile.open(segment(cut), "cut").close());
    Files.write(input, cut);
    assertThrows(AttnPoolException.class, () -> SequencesFile.open(input).close());
  }

  private Tensor tensor(String name, int outputs, int inputs) {
    return new Tensor(
        name,
        ElementType.F32,
        new long[] {outputs, inputs},
        segment(Forms.uniform(random, outputs * inputs, 1)));
  }

  private static void write(Path file, Tensor... tensors) {
    SafetensorsWriter.write(file, List.of(tensors), Map.of());
  }

  private static MemorySegment segment(float[] values) {
    return MemorySegment.ofArray(values);
  }

  private static MemorySegment segment(byte[] values) {
    return MemorySegment.ofArray(values);
  }
}
