package io.github.attnpool.cli.run;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Output;
import io.github.attnpool.PoolingState;
import io.github.attnpool.batch.RowChunk;
import io.github.attnpool.batch.SequencesStream;
import io.github.attnpool.cli.options.Choice;
import io.github.attnpool.format.PartsWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Writes outputs to their places in the files that hold them, chunk by chunk. */
final class ResultRegions {
  private static final long WINDOW = 1 << 18; // weights made at once

  private final Map<Output, PartsWriter> files;
  private final SequencesStream in;
  private final AttentionParameters parameters;
  private final Map<Output, FloatRegion> regions = new EnumMap<>(Output.class);
  private final Arena arena;
  private MemorySegment window = MemorySegment.NULL; // allocated when first needed

  /**
   * @param files where each wanted output has room
   * @param arena owner of buffers
   */
  ResultRegions(
      Map<Output, PartsWriter> files,
      SequencesStream in,
      AttentionParameters parameters,
      Arena arena) {
    this.files = files;
    this.in = in;
    this.parameters = parameters;
    this.arena = arena;
    files.forEach(
        (output, file) -> regions.put(output, new FloatRegion(file, Choice.name(output), arena)));
  }

  /** The outputs that are wanted. */
  Set<Output> outputs() {
    return regions.keySet();
  }

  boolean has(Output output) {
    return regions.containsKey(output);
  }

  /** Whether scores are needed, as such or to make weights of them. */
  boolean hasPositions() {
    return has(Output.WEIGHTS) || has(Output.SCORES);
  }

  /** Returns the region of an output that is wanted. */
  private FloatRegion region(Output output) {
    return Objects.requireNonNull(regions.get(output));
  }

  /** Writes contexts [n,R,H] or logits [n,O] of n sequences. */
  void write(Output output, int firstSequence, MemorySegment values) {
    long size =
        output == Output.LOGITS
            ? parameters.logitCount()
            : (long) parameters.contexts() * parameters.width();
    FloatRegion region = region(output);
    region.seek(firstSequence * size);
    region.put(values, 0, values.byteSize() / Float.BYTES);
  }

  /**
   * Weights or scores of a chunk, with values for masked positions between them.
   *
   * @param values [R, rows of the chunk]
   * @param masked for a masked position
   * @param empty for a position of a sequence without kept rows
   */
  void writePositions(
      Output output, RowChunk chunk, MemorySegment values, float masked, float empty) {
    FloatRegion region = region(output);
    int outer = in.isPadded() ? chunk.sequences() : parameters.heads();
    int inner = in.isPadded() ? parameters.heads() : chunk.sequences();
    for (int i = 0; i < outer; i++) { // in the order of the file, [B,R,T] or [R,N]
      for (int j = 0; j < inner; j++) {
        int index = in.isPadded() ? i : j;
        int head = in.isPadded() ? j : i;
        float gap = chunk.begins() && chunk.ends() && chunk.rows(index) == 0 ? empty : masked;
        writeSequence(region, chunk, index, head, values, gap);
      }
    }
  }

  private void writeSequence(
      FloatRegion region, RowChunk chunk, int index, int head, MemorySegment values, float gap) {
    region.seek(element(chunk.firstSequence() + index, head, chunk.from(index)));
    long first = (long) head * chunk.rows();
    chunk.walk(
        index,
        new RowChunk.Positions() {
          @Override
          public void masked(long count) {
            region.fill(gap, count);
          }

          @Override
          public void kept(int row, int count) {
            region.put(values, first + row, count);
          }
        });
  }

  /**
   * Turns the scores of a sequence, which stand where its weights belong, into these.
   *
   * @param begin position of its first row
   * @param end position after its last kept row
   */
  void weigh(int sequence, long begin, long end, PoolingState state) {
    region(Output.WEIGHTS).flush();
    if (window.byteSize() == 0) {
      window = arena.allocate(JAVA_FLOAT, WINDOW);
    }
    PartsWriter file = Objects.requireNonNull(files.get(Output.WEIGHTS));
    String tensor = Choice.name(Output.WEIGHTS);
    for (int head = 0; head < parameters.heads(); head++) {
      for (long position = begin; position < end; position += WINDOW) {
        long size = Math.min(WINDOW, end - position);
        MemorySegment part = window.asSlice(0, size * Float.BYTES);
        long element = element(sequence, head, position);
        file.read(tensor, element, part);
        state.weights(head, part);
        in.clearMasked(part, position);
        file.write(tensor, element, part);
      }
    }
  }

  private long element(int sequence, int head, long position) {
    long heads = parameters.heads();
    return in.isPadded()
        ? (heads * sequence + head) * in.steps() + (position - sequence * in.steps())
        : head * in.positions() + position;
  }

  void flush() {
    regions.values().forEach(FloatRegion::flush);
  }
}
