package io.github.attnpool.spi;

import io.github.attnpool.Output;
import io.github.attnpool.internal.arguments.Arguments;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Memory for the outputs of one forward call, F32, exactly as large as the results of its batch.
 * Immutable: a call keeps its sizes even if the caller wrongly gives the memory to another call.
 */
public final class OutputMemory {
  private static final Arguments ARGUMENTS = new Arguments("output memory");

  private final int batch;
  private final long positions;
  private final int heads;
  private final int contexts;
  private final int width;
  private final int logitCount;
  private final Map<Output, MemorySegment> segments = new EnumMap<>(Output.class);

  /**
   * Describes memory that holds no outputs yet.
   *
   * @param batch B, the number of sequences
   * @param positions of the batch, padding included
   * @param heads R, the number of scores per row
   * @param contexts contexts of a sequence: R, or 1 with a softmax per channel
   * @param width values in a context
   * @param logitCount O, or 0 without an output
   */
  public OutputMemory(
      int batch, long positions, int heads, int contexts, int width, int logitCount) {
    ARGUMENTS.notNegative("batch", batch);
    ARGUMENTS.notNegative("positions", positions);
    ARGUMENTS.notNegative("heads", heads);
    ARGUMENTS.notNegative("contexts", contexts);
    ARGUMENTS.notNegative("width", width);
    ARGUMENTS.notNegative("logitCount", logitCount);
    this.batch = batch;
    this.positions = positions;
    this.heads = heads;
    this.contexts = contexts;
    this.width = width;
    this.logitCount = logitCount;
  }

  /**
   * {@return this with memory for an output}
   *
   * @param output which output
   * @param segment of {@link #size} values at least; what lies beyond is not used
   */
  public OutputMemory with(Output output, MemorySegment segment) {
    OutputMemory more = of(batch, positions);
    more.segments.putAll(segments);
    more.segments.put(output, front("segment", ARGUMENTS.given("segment", segment), size(output)));
    return more;
  }

  /**
   * {@return the front of this memory, as much as a batch of no larger sizes needs}
   *
   * @param batch B, the number of sequences
   * @param positions number of positions, padding included
   */
  public OutputMemory front(int batch, long positions) {
    OutputMemory part = of(batch, positions);
    segments.forEach(
        (output, segment) ->
            part.segments.put(output, front(output.name(), segment, part.size(output))));
    return part;
  }

  private static MemorySegment front(String name, MemorySegment segment, long values) {
    if (values > segment.byteSize() / Float.BYTES) {
      throw ARGUMENTS.bad(
          String.format(
              Locale.ROOT,
              "the memory of %s has %d bytes, must have %d values",
              name,
              segment.byteSize(),
              values));
    }
    return segment.asSlice(0, values * Float.BYTES);
  }

  private OutputMemory of(int batch, long positions) {
    return new OutputMemory(batch, positions, heads, contexts, width, logitCount);
  }

  /**
   * {@return the number of rows of an output: one per sequence, or one per position}
   *
   * @param output which output
   */
  public long count(Output output) {
    return switch (ARGUMENTS.given("output", output)) {
      case CONTEXT, LOGITS -> batch;
      case WEIGHTS, SCORES -> positions;
    };
  }

  /**
   * {@return the number of values in each of these rows}
   *
   * @param output which output
   */
  public long rowSize(Output output) {
    return switch (ARGUMENTS.given("output", output)) {
      case CONTEXT -> (long) contexts * width;
      case LOGITS -> logitCount;
      case WEIGHTS, SCORES -> heads;
    };
  }

  /**
   * {@return the number of values in an output, whether it is held or not}
   *
   * @param output which output
   */
  public long size(Output output) {
    long count = count(output);
    long rowSize = rowSize(output);
    if (Math.multiplyHigh(count, rowSize) != 0 || count * rowSize < 0) {
      throw ARGUMENTS.bad(
          String.format(Locale.ROOT, "%s of %d x %d values is too large", output, count, rowSize));
    }
    return count * rowSize;
  }

  /**
   * {@return whether an output is held, so that the call computes it}
   *
   * @param output which output
   */
  public boolean has(Output output) {
    return segments.containsKey(ARGUMENTS.given("output", output));
  }

  /**
   * {@return the memory of an output, row-major F32; must not be asked for unless {@link #has}}
   *
   * @param output which output
   */
  public MemorySegment get(Output output) {
    MemorySegment segment = segments.get(ARGUMENTS.given("output", output));
    if (segment == null) {
      throw ARGUMENTS.bad("there is no memory for " + output);
    }
    return segment;
  }

  /** {@return the context, [B,R,H]; see {@link #get}} */
  public MemorySegment context() {
    return get(Output.CONTEXT);
  }

  /** {@return the weights, [B,R,T] or [R,N]; see {@link #get}} */
  public MemorySegment weights() {
    return get(Output.WEIGHTS);
  }

  /** {@return the scores, [B,R,T] or [R,N]; see {@link #get}} */
  public MemorySegment scores() {
    return get(Output.SCORES);
  }

  /** {@return the logits, [B,O]; see {@link #get}} */
  public MemorySegment logits() {
    return get(Output.LOGITS);
  }

  /** {@return B, the number of sequences} */
  public int batch() {
    return batch;
  }

  /** {@return the number of positions, padding included} */
  public long positions() {
    return positions;
  }

  /** {@return R, the number of heads} */
  public int heads() {
    return heads;
  }

  /** {@return the number of contexts of a sequence: R, or 1 with a softmax per channel} */
  public int contexts() {
    return contexts;
  }

  /** {@return the number of values in a context} */
  public int width() {
    return width;
  }

  /** {@return O, the number of logits; 0 without an output layer} */
  public int logitCount() {
    return logitCount;
  }
}
