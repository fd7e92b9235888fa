package io.github.attnpool.stress;

import io.github.attnpool.AttentionPooling;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Calls of a layer that is closed meanwhile give their result, or say that it is closed. */
@JCStressTest
@Outcome(
    id = {"0, 0", "0, 1", "1, 0", "1, 1"},
    expect = Expect.ACCEPTABLE,
    desc = "right or closed")
@State
public class Closing {
  private final AttentionPooling layer = SmallLayer.build();

  @Actor
  public void one(II_Result r) {
    r.r1 = SmallLayer.call(layer, 3);
  }

  @Actor
  public void other(II_Result r) {
    r.r2 = SmallLayer.call(layer, 7);
  }

  @Actor
  public void close() {
    layer.close();
  }
}
