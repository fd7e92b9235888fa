package io.github.attnpool.stress;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.PoolingState;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A state that is closed while another merges it has been merged as a whole, or not at all. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "not merged")
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "merged")
@State
public class ClosingState {
  private static final AttentionPooling LAYER = SmallLayer.build();

  private final PoolingState into = state(4);
  private final PoolingState from = state(6);

  private static PoolingState state(float value) {
    PoolingState state = LAYER.newState();
    state.add(new float[] {value}, 1);
    return state;
  }

  @Actor
  public void merge(I_Result r) {
    try {
      into.merge(from);
    } catch (AttnPoolException e) {
      r.r1 = e.problem().equals("the pooling state is closed") ? 0 : -10;
    }
  }

  @Actor
  public void close() {
    from.close();
  }

  @Arbiter
  public void after(I_Result r) {
    float expected = into.rows() == 2 ? 5 : 4;
    r.r1 += into.context()[0] == expected ? (int) into.rows() : -10;
    into.close();
  }
}
