package io.github.attnpool.bench.peer;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Outputs;
import io.github.attnpool.Plan;
import io.github.attnpool.ProjectedKeys;
import io.github.attnpool.Sequences;
import io.github.attnpool.bench.Inputs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * attnpool with a new query per call: through keys that were projected before, as in a decoder from
 * its second step on, or through keys that the call projects first, as in its first step.
 */
public final class KeysKind implements PeerKind {
  /** The name in tables of a query through keys that were projected before. */
  public static final String KEPT = "attnpool onednn fused, projected keys";

  private final boolean kept;

  /**
   * Chooses one of the two.
   *
   * @param kept whether keys are projected before and not timed
   */
  public KeysKind(boolean kept) {
    this.kept = kept;
  }

  @Override
  public String name() {
    return kept ? KEPT : "attnpool onednn fused, new keys";
  }

  @Override
  public Role role() {
    return Role.VARIANT;
  }

  @Override
  public Peer prepare(Work work) throws NotOffered {
    NotOffered.unless(work.model().shape().form().asked(), "sequences have no queries");
    AttentionPooling layer = AttnPoolKind.layer(work, "onednn", Plan.FUSED);
    return kept ? new Kept(layer, work.inputs()) : new New(layer, work.inputs());
  }

  private abstract static class Layer extends InProcessPeer {
    final AttentionPooling layer;
    final Arena arena = Arena.ofShared();
    final Inputs inputs;
    final Outputs out;

    Layer(AttentionPooling layer, Inputs inputs) {
      super(inputs.count());
      this.layer = layer;
      this.inputs = inputs;
      this.out = layer.allocate(inputs.sequences(0), arena);
    }

    @Override
    public String runsOn() {
      return AttnPoolKind.describe(layer.info());
    }

    @Override
    public Result result(int input) {
      run(input);
      return AttnPoolKind.result(out);
    }

    @Override
    public void close() {
      layer.close();
      arena.close();
    }
  }

  /** Queries in one place in memory, which change before each call. */
  private static final class Kept extends Layer {
    private final MemorySegment[] queries;
    private final ProjectedKeys[] keys;

    Kept(AttentionPooling layer, Inputs inputs) {
      super(layer, inputs);
      this.queries = new MemorySegment[inputs.count()];
      this.keys = new ProjectedKeys[inputs.count()];
      for (int i = 0; i < keys.length; i++) {
        queries[i] = arena.allocate(inputs.queries(i).byteSize(), Float.BYTES);
        keys[i] = layer.projectKeys(inputs.rows(i).withQueries(queries[i]), arena);
      }
    }

    @Override
    void run(int input) {
      queries[input].copyFrom(inputs.queries(input));
      layer.forward(keys[input], out);
    }
  }

  private static final class New extends Layer {
    private final Sequences[] in;

    New(AttentionPooling layer, Inputs inputs) {
      super(layer, inputs);
      this.in = new Sequences[inputs.count()];
      for (int i = 0; i < in.length; i++) {
        in[i] = inputs.sequences(i);
      }
    }

    @Override
    void run(int input) {
      try (Arena ofCall = Arena.ofConfined()) {
        layer.forward(layer.projectKeys(in[input], ofCall), out);
      }
    }
  }
}
