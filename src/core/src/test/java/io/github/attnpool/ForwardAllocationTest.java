package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.testkit.Batches;
import io.github.attnpool.testkit.Forms;
import io.github.attnpool.testkit.GeneralForms;
import io.github.attnpool.testkit.Variant;
import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A warm forward call through the public interface allocates nothing on the heap. */
class ForwardAllocationTest {
  private static final int CALLS = 200;
  private static final int MAX_ROUNDS = 500; // until everything is compiled
  private static final long LESS_THAN_AN_OBJECT = 16L * CALLS; // reading the counter takes some

  static List<Variant> variants() {
    return Variant.fused().stream().filter(each -> !each.backend().equals("cuda")).toList();
  }

  @ParameterizedTest
  @MethodSource("variants")
  void batchesOfOneSize(Variant variant) throws ReflectiveOperationException {
    AttentionParameters parameters = Forms.small().get("gate, heads");
    try (Arena arena = Arena.ofShared();
        AttentionPooling layer = variant.open(parameters)) {
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, 10, 290, 3);
      Outputs out = layer.allocate(in, arena);
      Outputs large = layer.allocate(8, 1000, arena, EnumSet.of(Output.CONTEXT));
      ProjectedKeys keys = layer.projectKeys(in, arena);
      assertAllocatesNothing(
          () -> {
            layer.forward(in, out);
            layer.forward(in, large);
            layer.forward(keys, out);
          });
    }
  }

  static Stream<Arguments> formsAndVariants() {
    return Stream.of(
            "stack before, tanh gate",
            "stack of hidden maps, query",
            "stack of score maps",
            "divided step bias",
            "stack of values",
            "value map",
            "mean and deviation",
            "attentive statistics",
            "output per head and a stack")
        .flatMap(form -> variants().stream().map(variant -> Arguments.of(form, variant)));
  }

  @ParameterizedTest
  @MethodSource("formsAndVariants")
  void layersOfAnySteps(String form, Variant variant) throws ReflectiveOperationException {
    AttentionParameters parameters = GeneralForms.all().get(form);
    try (Arena arena = Arena.ofShared();
        AttentionPooling layer = variant.open(parameters)) {
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, 10, 590, 3);
      Outputs out = layer.allocate(in, arena);
      assertAllocatesNothing(() -> layer.forward(in, out));
    }
  }

  private static void assertAllocatesNothing(Runnable calls) throws ReflectiveOperationException {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < MAX_ROUNDS && least >= LESS_THAN_AN_OBJECT; round++) {
      long before = allocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        calls.run();
      }
      least = Math.min(least, allocatedBytes() - before);
    }
    assertTrue(least < LESS_THAN_AN_OBJECT, CALLS + " rounds allocate " + least + " bytes");
  }

  /** By reflection: the module under test, which holds this class, does not need management. */
  private static long allocatedBytes() throws ReflectiveOperationException {
    Object bean =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    return (long)
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getCurrentThreadAllocatedBytes")
            .invoke(bean);
  }
}
