package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Precision;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Reference;
import io.github.attnpool.testkit.Result;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** A batch of a {@link FamilyForm}, and what is stored of PyTorch's results. */
final class FamilyBatch {
  private final String name;
  private final Batch batch;
  private final int every;
  private final double[] scores; // [R, sampled positions]
  private final double[] weights; // [R, sampled positions]
  private final double[] sums; // [R,2]
  private final double[] context; // [B,R,H]
  private final double[] logits; // [B,O], or empty
  private final Map<Precision, Reference> references = new EnumMap<>(Precision.class);

  private FamilyBatch(String name, Batch batch, int every, Fixture file) {
    this.name = name;
    this.batch = batch;
    this.every = every;
    this.scores = file.doubles(name + ".scores");
    this.weights = file.doubles(name + ".weights");
    this.sums = file.doubles(name + ".sums");
    this.context = file.doubles(name + ".context");
    this.logits = file.doubles(name + ".logits");
  }

  /**
   * @param query null where there is none
   * @param every scores and weights are stored for every so many positions
   */
  static FamilyBatch read(Fixture file, String name, Drawn x, Drawn query, int every) {
    Batch rows = file.batch(name + ".", x);
    Batch batch = query == null ? rows : rows.withQueries(query.values);
    return new FamilyBatch(name, batch, every, file);
  }

  String name() {
    return name;
  }

  Batch batch() {
    return batch;
  }

  /** The reference for this batch; made once for many tests in a row. */
  Reference reference(AttentionParameters parameters, Precision precision) {
    return references.computeIfAbsent(precision, chosen -> Reference.of(parameters, batch, chosen));
  }

  /** PyTorch's results, and the reference's at positions that are not stored. */
  Result completed(Reference reference) {
    Result all = reference.result();
    double[] allScores = all.scores.clone();
    double[] allWeights = all.weights.clone();
    int heads = sums.length / 2;
    int stored = (batch.positions() + every - 1) / every;
    assertEquals(heads * stored, scores.length, name);
    for (int b = 0; b < batch.batch(); b++) {
      for (int p = batch.begin(b); p < batch.end(b); p++) {
        for (int r = 0; r < heads && p % every == 0; r++) {
          int i = batch.index(heads, r, b, p);
          allScores[i] = scores[r * stored + p / every];
          allWeights[i] = weights[r * stored + p / every];
        }
      }
    }
    return new Result(allScores, allWeights, context, logits);
  }

  /** PyTorch's sums over all positions, for each head: of scores, and of weights · p/N. */
  double[] sums() {
    return sums;
  }

  /** The same sums of other results. */
  double[] sums(Result result) {
    int heads = sums.length / 2;
    double[] own = new double[sums.length];
    for (int b = 0; b < batch.batch(); b++) {
      for (int p = batch.begin(b); p < batch.end(b); p++) {
        for (int r = 0; r < heads && batch.kept(p); r++) {
          int i = batch.index(heads, r, b, p);
          own[2 * r] += result.scores[i];
          own[2 * r + 1] += result.weights[i] * p / batch.positions();
        }
      }
    }
    return own;
  }

  @Override
  public String toString() {
    return name + Arrays.toString(new int[] {batch.batch(), batch.positions(), batch.width()});
  }
}
