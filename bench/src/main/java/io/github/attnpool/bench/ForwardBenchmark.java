package io.github.attnpool.bench;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Outputs;
import io.github.attnpool.Sequences;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Times one forward call through the public interface, on memory outside the heap. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED"})
public class ForwardBenchmark {
  @Param("onednn")
  String backend;

  @Param("FUSED")
  String plan;

  /** The label of an {@link Arithmetic}. */
  @Param({"f32", "bf16"})
  String precision;

  @Param("1")
  int threads;

  /** A {@link BenchShape} of any form of the layer. */
  @Param({
    "1x32x64-64",
    "1x128x256-256",
    "1x512x768-768",
    "32x128x256-256",
    "64x512x768-768",
    "256x64x128-128",
    "1x50000x1024-256"
  })
  String shape;

  /** warm: one input; cold: cycles through more inputs than the last-level cache holds. */
  @Param("warm")
  String cache;

  /** The instruction set that must run, or any. */
  @Param("any")
  String isa;

  private Arena arena;
  private AttentionPooling layer;
  private Sequences[] in;
  private int next;
  private Outputs out;

  /** Builds the layer and its inputs, and prints what the layer runs on. */
  @Setup
  public void build() {
    BenchModel model = new BenchModel(BenchShape.parse(shape));
    Arithmetic arithmetic = Arithmetic.of(precision);
    layer = BenchLayer.build(model, backend, plan, arithmetic, threads, isa);
    arena = Arena.ofShared();
    int count =
        switch (cache) {
          case "warm" -> 1;
          case "cold" ->
              Inputs.countBeyondCache(model.shape(), arithmetic.input(), CacheSize.lastLevel());
          default -> throw new IllegalArgumentException("cache is warm or cold, not " + cache);
        };
    Inputs inputs = Inputs.of(model, arithmetic.input(), count, arena);
    in = IntStream.range(0, count).mapToObj(inputs::sequences).toArray(Sequences[]::new);
    out = layer.allocate(in[0], arena);
  }

  /** Calls the layer: this is measured. */
  @Benchmark
  public Outputs forward() {
    next = next + 1 == in.length ? 0 : next + 1;
    layer.forward(in[next], out);
    return out;
  }

  /** Frees the layer and its memory. */
  @TearDown
  public void close() {
    layer.close();
    arena.close();
  }
}
