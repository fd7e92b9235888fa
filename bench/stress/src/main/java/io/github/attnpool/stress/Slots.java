package io.github.attnpool.stress;

import io.github.attnpool.AttentionPooling;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Calls at once use scratch memory of their own. */
@JCStressTest
@Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "all right")
@State
public class Slots {
  private static final AttentionPooling LAYER = SmallLayer.build();

  @Actor
  public void one(III_Result r) {
    r.r1 = SmallLayer.call(LAYER, 3);
  }

  @Actor
  public void other(III_Result r) {
    r.r2 = SmallLayer.call(LAYER, 7);
  }

  @Arbiter
  public void after(III_Result r) {
    r.r3 = SmallLayer.call(LAYER, 9);
  }
}
