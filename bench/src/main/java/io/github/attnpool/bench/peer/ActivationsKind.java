package io.github.attnpool.bench.peer;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Plan;
import io.github.attnpool.ProjectedKeys;
import io.github.attnpool.bench.BenchForm;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.internal.maps.PlainLayer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The score kernel alone, on projected keys: bias, tanh and dot product of every row in one call of
 * {@code attnpool_score_f32}. Every query through projected keys takes at least this time.
 */
public final class ActivationsKind implements PeerKind {
  /** The name in tables. */
  public static final String NAME = "activations alone";

  private static final double TOLERANCE = 1e-5;

  private final Path library;

  /**
   * Takes the library that is linked with the kernel.
   *
   * @param library path of libfusedloop.so; it need not exist
   */
  public ActivationsKind(Path library) {
    this.library = library;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Role role() {
    return Role.YARDSTICK;
  }

  @Override
  public Peer prepare(Work work) throws NotOffered {
    BenchForm form = work.model().shape().form();
    NotOffered.unless(
        form.heads() == 1 && !form.gated() && work.threads() == 1,
        "it is for one head without a gate, and one thread");
    return new Activations(new ScoreKernel(CLibrary.at(library)), work);
  }

  private static final class Activations extends InProcessPeer {
    private final ScoreKernel score;
    private final Arena arena = Arena.ofShared();
    private final BenchShape shape;
    private final MemorySegment[] units;
    private final MemorySegment bias;
    private final MemorySegment a;
    private final MemorySegment c;
    private final MemorySegment scores;

    Activations(ScoreKernel score, Work work) throws NotOffered {
      super(work.inputs().count());
      this.score = score;
      this.shape = work.model().shape();
      AttentionParameters parameters = work.model().parameters();
      this.units = new MemorySegment[work.inputs().count()];
      try (AttentionPooling layer = AttnPoolKind.layer(work, "onednn", Plan.FUSED)) {
        for (int i = 0; i < units.length; i++) {
          ProjectedKeys keys = layer.projectKeys(work.inputs().sequences(i), arena);
          units[i] = keys.units();
        }
      }
      this.bias = floats(PlainLayer.of(parameters).hidden().orElseThrow().bias().orElseThrow());
      this.a = floats(PlainLayer.of(parameters).score().weight());
      this.c = floats(PlainLayer.of(parameters).score().bias().orElseThrow());
      this.scores = arena.allocate(shape.rows() * Float.BYTES, 64);
      check();
    }

    private MemorySegment floats(float[] values) {
      return arena
          .allocate((long) values.length * Float.BYTES, 64)
          .copyFrom(MemorySegment.ofArray(values));
    }

    /** Checks the last row's score against float64. */
    private void check() {
      run(0);
      long row = shape.rows() - 1;
      double expected = c.get(JAVA_FLOAT, 0);
      for (int d = 0; d < shape.units(); d++) {
        double z =
            (double) units[0].getAtIndex(JAVA_FLOAT, row * shape.units() + d)
                + bias.getAtIndex(JAVA_FLOAT, d);
        expected += a.getAtIndex(JAVA_FLOAT, d) * Math.tanh(z);
      }
      float actual = scores.getAtIndex(JAVA_FLOAT, row);
      if (!(Math.abs(actual - expected) <= TOLERANCE)) {
        throw new IllegalStateException("the kernel scored " + actual + " instead of " + expected);
      }
    }

    @Override
    public String runsOn() {
      return "the kernel of attnpool, 1 thr";
    }

    @Override
    void run(int input) {
      score.run(units[input], shape.rows(), shape.units(), bias, a, c, scores);
    }

    @Override
    public Result result(int input) {
      throw new UnsupportedOperationException("scores alone are not the layer");
    }

    @Override
    public void close() {
      arena.close();
    }
  }
}
