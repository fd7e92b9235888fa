package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.testkit.Reference;
import io.github.attnpool.testkit.Result;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tests' own reference against the public projects' models in PyTorch: both are float64, so
 * they agree almost entirely. Scores and weights that the fixtures do not store count by their
 * sums.
 */
class FamilyReferenceTest {
  static List<String> forms() {
    return FamilyForm.names();
  }

  @ParameterizedTest
  @MethodSource("forms")
  void agreesWithPyTorch(String name) {
    FamilyForm form = FamilyForm.load(name);
    for (FamilyBatch batch : form.batches()) {
      Reference reference = Reference.of(form.parameters(), batch.batch());
      Result actual = reference.result();
      Result expected = batch.completed(reference);
      String where = " of batch " + batch;
      ReferenceTest.assertClose("scores" + where, expected.scores, actual.scores);
      ReferenceTest.assertClose("weights" + where, expected.weights, actual.weights);
      ReferenceTest.assertClose("sums" + where, batch.sums(), batch.sums(actual));
      ReferenceTest.assertClose("context" + where, expected.context, actual.context);
      ReferenceTest.assertClose("logits" + where, expected.logits, actual.logits);
    }
  }

  @Test
  void everyLengthIsThere() {
    Set<Integer> lengths = new TreeSet<>();
    for (FamilyBatch batch : FamilyForm.load("clam-mb").batches()) {
      for (int b = 0; b < batch.batch().batch(); b++) {
        lengths.add(batch.batch().count(b));
      }
    }
    assertTrue(lengths.containsAll(Set.of(0, 1, 2, 17, 300, 5000)), lengths::toString);
    assertEquals(8, FamilyForm.load("clam-mb").batches().size());
  }
}
