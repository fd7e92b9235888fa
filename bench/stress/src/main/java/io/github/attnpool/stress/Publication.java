package io.github.attnpool.stress;

import io.github.attnpool.AttentionPooling;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A layer that reaches another thread by a data race is complete there. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "not there yet")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "there, and right")
@State
public class Publication {
  AttentionPooling layer; // not volatile

  @Actor
  public void publish() {
    layer = SmallLayer.build();
  }

  @Actor
  public void call(I_Result r) {
    AttentionPooling seen = layer;
    r.r1 = seen == null ? 0 : SmallLayer.call(seen, 3);
  }
}
