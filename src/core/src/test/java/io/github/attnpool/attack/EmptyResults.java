package io.github.attnpool.attack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Result;
import io.github.attnpool.testkit.Run;

/** Looks at the results for empty sequences, which the references have as zeros. */
final class EmptyResults {
  private final AttentionParameters parameters;
  private final Batch batch;
  private final EmptySequencePolicy policy;

  EmptyResults(AttentionParameters parameters, Batch batch, EmptySequencePolicy policy) {
    this.parameters = parameters;
    this.batch = batch;
    this.policy = policy;
  }

  /** Checks those of another policy than ZERO, and puts what ZERO would give in their place. */
  void check(Result expected, Run run) {
    if (policy != EmptySequencePolicy.NAN && policy != EmptySequencePolicy.UNIFORM) {
      return;
    }
    for (int b = 0; b < batch.batch(); b++) {
      if (batch.count(b) == 0) {
        checkWeights(run, b);
        checkContext(run, b);
        for (int o = 0; o < parameters.logitCount(); o++) {
          int at = b * parameters.logitCount() + o;
          assertEquals(
              policy == EmptySequencePolicy.NAN, Float.isNaN(run.logits[at]), policy + ", logit");
          run.logits[at] = (float) expected.logits[at];
        }
      }
    }
  }

  private void checkWeights(Run run, int b) {
    int rows = batch.end(b) - batch.begin(b);
    float weight = policy == EmptySequencePolicy.NAN ? Float.NaN : 1f / rows;
    for (int head = 0; head < parameters.heads(); head++) {
      for (int position = batch.begin(b); position < batch.end(b); position++) {
        int at = batch.index(parameters.heads(), head, b, position);
        assertEquals(weight, run.weights[at], 1e-6f, policy + ", weight");
        run.weights[at] = 0;
      }
    }
  }

  private void checkContext(Run run, int b) {
    int size = parameters.contexts() * parameters.width();
    for (int i = b * size; i < (b + 1) * size; i++) {
      assertEquals(
          policy == EmptySequencePolicy.NAN, Float.isNaN(run.context[i]), policy + ", context");
      run.context[i] = 0;
    }
  }
}
