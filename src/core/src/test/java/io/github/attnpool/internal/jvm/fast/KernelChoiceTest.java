package io.github.attnpool.internal.jvm.fast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.forked.ForkedJvm;
import io.github.attnpool.internal.jvm.JvmBackend;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With the Vector API in this JVM, without it in forked ones. */
class KernelChoiceTest {
  @BeforeAll
  static void needsFusedMultiplyAdd() {
    assumeTrue(Fma.IN_HARDWARE, "without it there is no choice");
  }

  @Test
  void byName() {
    assertEquals("scalar", KernelChoice.choose("scalar").isa());
    assertTrue(KernelChoice.choose("vector").isa().matches("vector(64|128|256|512)"));
    assertEquals(KernelChoice.choose("vector").isa(), KernelChoice.choose("auto").isa());
  }

  @Test
  void isPartOfTheAvailability() {
    assertEquals("pure Java, with the Vector API", new JvmBackend().availability().detail());
  }

  @Test
  void unknownName() {
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> KernelChoice.choose("fast"));
    assertEquals(
        "system property attnpool.jvm.kernels is 'fast', must be one of auto, vector, scalar",
        e.problem());
  }

  @Test
  void withoutTheModuleScalar() {
    assertEquals("scalar", new ForkedJvm(ShowKernels.class).run().good());
  }

  @Test
  void withoutTheModuleVectorFails() {
    assertEquals(
        "build layer: the kernels 'vector' cannot be used here:"
            + " the JVM runs without --add-modules jdk.incubator.vector",
        new ForkedJvm(ShowKernels.class).property(KernelChoice.PROPERTY, "vector").run().good());
  }

  @Test
  void withTheModuleAsThePropertySays() {
    ForkedJvm jvm = new ForkedJvm(ShowKernels.class).option("--add-modules=jdk.incubator.vector");
    assertEquals(KernelChoice.choose("vector").isa(), jvm.run().good());
    assertEquals("scalar", jvm.property(KernelChoice.PROPERTY, "scalar").run().good());
  }
}
