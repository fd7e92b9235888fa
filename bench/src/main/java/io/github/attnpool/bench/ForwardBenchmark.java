package io.github.attnpool.bench;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.ElementType;
import io.github.attnpool.LayerInfo;
import io.github.attnpool.Plan;
import io.github.attnpool.Pooled;
import io.github.attnpool.Precision;
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

/** One forward call through the public interface, on memory outside the heap. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED"})
public class ForwardBenchmark {
  @Param({"onednn", "jvm"})
  String backend;

  @Param("STAGED")
  String plan;

  @Param("F32")
  String precision;

  @Param("1")
  int threads;

  @Param({"1x32x64-64", "1x128x256-256"})
  String shape;

  private Arena arena;
  private AttentionPooling layer;
  private Sequences in;
  private Pooled out;

  /** Builds the layer and its input, and prints what the layer really runs on. */
  @Setup
  public void build() {
    BenchModel model = new BenchModel(BenchShape.parse(shape));
    layer =
        AttentionPooling.builder(model.parameters())
            .backend(backend)
            .plan(Plan.valueOf(plan))
            .precision(Precision.valueOf(precision))
            .threads(threads)
            .build();
    LayerInfo info = layer.info();
    if (!info.backend().equals(backend)) {
      throw new IllegalStateException("asked for backend " + backend + ", got " + info.backend());
    }
    System.out.println("runs on " + info);
    arena = Arena.ofConfined();
    BenchShape size = model.shape();
    in =
        Sequences.padded(
            arena.allocateFrom(JAVA_FLOAT, model.input(0)),
            ElementType.F32,
            size.batch(),
            size.steps(),
            size.width());
    out = layer.allocate(in, arena);
  }

  /** The measured call. */
  @Benchmark
  public Pooled forward() {
    layer.forward(in, out);
    return out;
  }

  /** Frees what the run held. */
  @TearDown
  public void close() {
    layer.close();
    arena.close();
  }
}
