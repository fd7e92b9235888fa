package io.github.attnpool.cli.run;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.LayerInfo;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.Sequences;
import io.github.attnpool.batch.SequencesFile;
import io.github.attnpool.batch.SequencesStream;
import io.github.attnpool.cli.options.Choice;
import io.github.attnpool.cli.options.IgnoredTensors;
import io.github.attnpool.cli.options.InputCheck;
import io.github.attnpool.cli.options.LayerOptions;
import io.github.attnpool.cli.options.LoadedLayer;
import io.github.attnpool.cli.options.SequencesOptions;
import io.github.attnpool.format.PartsWriter;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.internal.io.TargetFile;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One run over a file of sequences, whole or in parts.
 *
 * @param layer what is to run
 * @param settings how it is to run
 * @param input the sequences
 * @param written results that go to the target
 * @param target null where none are wanted
 * @param expectation null where nothing is compared
 * @param tolerance of the comparison
 */
record PoolingRun(
    LoadedLayer layer,
    LayerOptions.Settings settings,
    SequencesOptions.Input input,
    Set<Output> written,
    @Nullable TargetFile target,
    @Nullable Expectation expectation,
    double tolerance) {

  private static final double NANOS_PER_MILLI = 1e6;

  /** Runs with everything in memory, except the file of sequences, which is mapped. */
  RunReport whole() {
    try (SequencesFile file = SequencesFile.open(input.file(), input.options(layer.parameters()));
        Arena arena = Arena.ofShared()) {
      Sequences in = file.sequences();
      ResultTensors tensors = ResultTensors.of(layer.parameters(), in);
      inputCheck().check(in);
      checkExpectation(tensors);
      Set<Output> computed = EnumSet.copyOf(written);
      if (expectation != null) {
        computed.addAll(expectation.outputs());
      }
      try (AttentionPooling pooling = settings.build(layer.parameters())) {
        Outputs results = pooling.allocate(in, arena, computed);
        long start = System.nanoTime();
        pooling.forward(in, results);
        long nanos = System.nanoTime() - start;
        if (target != null) {
          SafetensorsWriter.write(
              target.named(), tensors.of(results, written), RunReport.metadata(pooling.info()));
        }
        Comparison comparison =
            compare(
                tensors,
                (output, element, part) ->
                    MemorySegment.copy(
                        results.get(output), element * Float.BYTES, part, 0, part.byteSize()));
        return new RunReport(
            layer,
            pooling.info(),
            in.batch(),
            in.keptRows(),
            nanos / NANOS_PER_MILLI,
            RunReport.NOT_STREAMED,
            writtenShapes(tensors),
            new IgnoredTensors(input.file(), file.ignoredTensors()),
            comparison);
      }
    }
  }

  /**
   * Runs with memory for a few chunks of the file, however large it is.
   *
   * @param err where progress is shown
   */
  RunReport streamed(PrintWriter err) {
    try (SequencesStream in =
        SequencesStream.open(input.file(), input.options(layer.parameters()))) {
      ResultTensors tensors = ResultTensors.of(layer.parameters(), in);
      inputCheck().check(in);
      checkExpectation(tensors);
      try (AttentionPooling pooling = settings.build(layer.parameters());
          PartsWriter output = target == null ? null : output(target, pooling.info(), tensors);
          PartsWriter compared = compared(tensors)) {
        Map<Output, PartsWriter> files = new EnumMap<>(Output.class);
        if (expectation != null && compared != null) {
          expectation.outputs().forEach(each -> files.put(each, compared));
        }
        if (output != null) {
          written.forEach(each -> files.put(each, output));
        }
        StreamedRun run = new StreamedRun(pooling, in, settings.empty());
        long start = System.nanoTime();
        long rows = run.run(files, err);
        long nanos = System.nanoTime() - start;
        if (output != null) {
          output.finish();
        }
        Comparison comparison =
            compare(
                tensors,
                (each, element, part) ->
                    Objects.requireNonNull(files.get(each)).read(Choice.name(each), element, part));
        return new RunReport(
            layer,
            pooling.info(),
            in.batch(),
            rows,
            nanos / NANOS_PER_MILLI,
            rows * in.storedRowBytes(),
            writtenShapes(tensors),
            new IgnoredTensors(input.file(), in.ignoredTensors()),
            comparison);
      }
    }
  }

  private PartsWriter output(TargetFile target, LayerInfo info, ResultTensors tensors) {
    return PartsWriter.create(target.named(), tensors.shapes(written), RunReport.metadata(info));
  }

  /** Returns a file for outputs that are compared, but not written; null if there are none. */
  private @Nullable PartsWriter compared(ResultTensors tensors) {
    Set<Output> only = EnumSet.noneOf(Output.class);
    if (expectation != null) {
      only.addAll(expectation.outputs());
    }
    if (target != null) {
      only.removeAll(written);
    }
    if (only.isEmpty()) {
      return null;
    }
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    return PartsWriter.create(folder.resolve("attnpool-scratch"), tensors.shapes(only), Map.of());
  }

  private InputCheck inputCheck() {
    return new InputCheck("run", input.file(), layer.parameters());
  }

  private void checkExpectation(ResultTensors tensors) {
    if (expectation != null) {
      expectation.checkShapes(tensors);
    }
  }

  /** Returns null if nothing is expected. */
  private @Nullable Comparison compare(ResultTensors tensors, Expectation.Results results) {
    return expectation == null
        ? null
        : new Comparison(expectation.compare(results), tensors, tolerance);
  }

  private Map<String, long[]> writtenShapes(ResultTensors tensors) {
    return target == null ? Map.of() : tensors.shapes(written);
  }
}
