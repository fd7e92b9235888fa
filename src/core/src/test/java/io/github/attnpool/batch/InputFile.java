package io.github.attnpool.batch;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes an input file and opens it.
 *
 * @param folder where the file goes
 */
record InputFile(Path folder) {
  private static final String NAME = "input.safetensors";

  static Tensor longs(String name, long... values) {
    return new Tensor(
        name, ElementType.I64, new long[] {values.length}, MemorySegment.ofArray(values));
  }

  SequencesFile open(Tensor... tensors) {
    return open(InputOptions.DEFAULT, tensors);
  }

  SequencesFile open(InputOptions options, Tensor... tensors) {
    Path path = folder.resolve(NAME);
    SafetensorsWriter.write(path, List.of(tensors), Map.of());
    return SequencesFile.open(path, options);
  }

  void refuse(String problem, Tensor... tensors) {
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> open(tensors));
    assertTrue(e.getMessage().contains(problem), e.getMessage());
    assertTrue(e.getMessage().contains(NAME), e.getMessage());
  }
}
