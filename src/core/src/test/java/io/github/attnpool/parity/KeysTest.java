package io.github.attnpool.parity;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Outputs;
import io.github.attnpool.ProjectedKeys;
import io.github.attnpool.Sequences;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Bits;
import io.github.attnpool.testkit.Reference;
import io.github.attnpool.testkit.Run;
import io.github.attnpool.testkit.Variant;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Forward calls on keys yield the bits of forward calls on x, whatever queries come. Where all else
 * is float64, keys still are float32: that shows, but no more than the results' own rounding.
 */
class KeysTest {
  private static final int QUESTIONS = 3;

  static Stream<Arguments> formsAndVariants() {
    return FamilyTest.pairs(variants())
        .filter(a -> FamilyForm.load((String) a.get()[0]).parameters().units() > 0);
  }

  static Stream<Arguments> askedFormsAndVariants() {
    return FamilyTest.pairs(variants())
        .filter(a -> FamilyForm.load((String) a.get()[0]).batch("t17").batch().hasQueries());
  }

  private static List<Variant> variants() {
    return Stream.concat(Variant.available(2).stream(), Variant.bfloat16(2).stream()).toList();
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("formsAndVariants")
  void asFromTheRows(String name, Variant variant) {
    assumeTrue(variant.isOffered(), () -> variant + " is not offered here");
    FamilyForm form = FamilyForm.load(name);
    try (AttentionPooling layer = variant.open(form.parameters())) {
      for (FamilyBatch batch : form.batches()) {
        Run actual = Run.fromKeys(layer, batch.batch());
        assertAsFromRows(variant, layer, batch.batch(), actual, " from keys of batch " + batch);
      }
    }
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("askedFormsAndVariants")
  void newQueries(String name, Variant variant) {
    assumeTrue(variant.isOffered(), () -> variant + " is not offered here");
    FamilyForm form = FamilyForm.load(name);
    Random random = new Random(QUESTIONS);
    try (AttentionPooling layer = variant.open(form.parameters())) {
      for (FamilyBatch batch : form.batches()) {
        askAgain(variant, layer, batch.batch(), random);
      }
    }
  }

  /** The queries' memory changes between calls on the same keys; the keys do not. */
  private static void askAgain(
      Variant variant, AttentionPooling layer, Batch batch, Random random) {
    try (Arena arena = Arena.ofConfined()) {
      Sequences in = batch.sequences(arena);
      MemorySegment queries = in.queries().orElseThrow();
      ProjectedKeys keys = layer.projectKeys(in, arena);
      byte[] units = keys.units().toArray(JAVA_BYTE);
      Outputs out = Run.room(layer, in, arena, Run.all(layer));
      for (int i = 0; i < QUESTIONS; i++) {
        float[] question = new float[batch.batch() * layer.parameters().queryWidth()];
        for (int j = 0; j < question.length; j++) {
          question[j] = random.nextFloat(-2, 2);
        }
        MemorySegment.copy(question, 0, queries, JAVA_FLOAT, 0, question.length);
        layer.forward(keys, out);
        Batch asked = batch.withQueries(question);
        assertAsFromRows(variant, layer, asked, Run.copyOf(out), " from keys, question " + i);
        layer.forward(in, out);
        Bits.assertSame(Run.of(layer, asked), Run.copyOf(out), " from rows, question " + i);
      }
      assertArrayEquals(units, keys.units().toArray(JAVA_BYTE), "the keys themselves");
    }
  }

  private static void assertAsFromRows(
      Variant variant, AttentionPooling layer, Batch batch, Run actual, String what) {
    if (variant.isDouble()) {
      Reference reference = Reference.of(layer.parameters(), batch);
      Agreement.relativeToTerms(variant, reference).check(actual);
    } else {
      Bits.assertSame(Run.of(layer, batch), actual, what);
    }
  }
}
