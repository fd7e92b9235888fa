package io.github.attnpool.bench.peer;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.LayerInfo;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.Plan;
import io.github.attnpool.Sequences;
import io.github.attnpool.bench.Inputs;
import java.lang.foreign.Arena;
import java.util.Locale;
import java.util.stream.IntStream;

/** attnpool itself, with one backend and plan, through its public interface. */
public final class AttnPoolKind implements PeerKind {
  private final String backend;
  private final Plan plan;
  private final Role role;

  /** Takes the names of a backend and a plan. */
  public AttnPoolKind(String backend, Plan plan, Role role) {
    this.backend = backend;
    this.plan = plan;
    this.role = role;
  }

  @Override
  public String name() {
    return "attnpool " + backend + " " + plan.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Role role() {
    return role;
  }

  @Override
  public Peer prepare(Work work) throws NotOffered {
    return new Layer(layer(work, backend, plan), work.inputs());
  }

  /** Builds a layer for the work. */
  static AttentionPooling layer(Work work, String backend, Plan plan) throws NotOffered {
    try {
      return AttentionPooling.builder(work.model().parameters())
          .backend(backend)
          .plan(plan)
          .precision(work.arithmetic().precision())
          .threads(work.threads())
          .build();
    } catch (AttnPoolException e) {
      throw new NotOffered(String.valueOf(e.getMessage()), e);
    }
  }

  /** Describes what a layer runs on. */
  static String describe(LayerInfo info) {
    return info.backend() + " " + info.isa() + ", " + info.plan() + ", " + info.threads() + " thr";
  }

  /** Copies the outputs of a call. */
  static Result result(Outputs out) {
    return new Result(
        out.toArray(Output.CONTEXT),
        out.toArray(Output.WEIGHTS),
        out.has(Output.LOGITS) ? out.toArray(Output.LOGITS) : new float[0]);
  }

  private static final class Layer extends InProcessPeer {
    private final AttentionPooling layer;
    private final Arena arena = Arena.ofShared();
    private final Sequences[] in;
    private final Outputs out;

    Layer(AttentionPooling layer, Inputs inputs) {
      super(inputs.count());
      this.layer = layer;
      this.in =
          IntStream.range(0, inputs.count()).mapToObj(inputs::sequences).toArray(Sequences[]::new);
      this.out = layer.allocate(in[0], arena);
    }

    @Override
    public String runsOn() {
      return describe(layer.info());
    }

    @Override
    void run(int input) {
      layer.forward(in[input], out);
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
}
