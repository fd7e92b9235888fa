package io.github.attnpool.bench;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Outputs;
import io.github.attnpool.Sequences;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
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

/**
 * Counts the calls per second of many application threads that share one layer, as in a service.
 * Run it with JMH's -t 1, 2 and 8: more threads must not make fewer calls.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED"})
public class SharedLayerBenchmark {
  /** The layer that all threads share. */
  @State(Scope.Benchmark)
  public static class Shared {
    @Param("onednn")
    String backend;

    @Param("FUSED")
    String plan;

    @Param("f32")
    String precision;

    @Param({"1", "2"})
    int threads;

    @Param({"1x32x64-64", "1x128x256-256", "1x512x768-768"})
    String shape;

    private BenchModel model;
    private AttentionPooling layer;

    /** Builds the layer. */
    @Setup
    public void build() {
      model = new BenchModel(BenchShape.parse(shape));
      layer = BenchLayer.build(model, backend, plan, Arithmetic.of(precision), threads, "any");
    }

    /** Frees the layer. */
    @TearDown
    public void close() {
      layer.close();
    }
  }

  /** What each thread has for itself. */
  @State(Scope.Thread)
  public static class Own {
    private final Arena arena = Arena.ofShared();
    private Sequences in;
    private Outputs out;

    /** Makes an input and memory for the outputs. */
    @Setup
    public void build(Shared shared) {
      Arithmetic arithmetic = Arithmetic.of(shared.precision);
      in = Inputs.of(shared.model, arithmetic.input(), 1, arena).sequences(0);
      out = shared.layer.allocate(in, arena);
    }

    /** Frees input and outputs. */
    @TearDown
    public void close() {
      arena.close();
    }
  }

  /** Calls the layer: this is measured. */
  @Benchmark
  public Outputs forward(Shared shared, Own own) {
    shared.layer.forward(own.in, own.out);
    return own.out;
  }
}
