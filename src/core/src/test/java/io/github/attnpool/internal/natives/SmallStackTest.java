package io.github.attnpool.internal.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.forked.ForkedJvm;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Native libraries are loaded, and layers built, whatever stack the caller has. */
class SmallStackTest {
  /** Without a stack of its own, loading oneDNN ends these JVMs. */
  @ParameterizedTest
  @ValueSource(strings = {"small", "virtual", "deep"})
  void theFirstLayerOfAProcess(String where) {
    ForkedJvm jvm = new ForkedJvm(FirstUse.class).arguments(where).option("-Xss512k");
    assertEquals("onednn 3.0", jvm.run().good());
  }

  @Test
  void anInterruptedCallerWaitsAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    boolean interrupted = OwnStack.call("test", () -> Thread.currentThread().isInterrupted());
    assertTrue(Thread.interrupted());
    assertTrue(!interrupted, "the work was interrupted");
  }

  @Test
  void workWithinWorkTakesNoOtherThread() {
    assertTrue(
        OwnStack.call(
            "test",
            () -> {
              Thread outer = Thread.currentThread();
              return OwnStack.call("test", () -> Thread.currentThread() == outer);
            }));
  }

  @Test
  void anExceptionTellsWhoCalled() {
    AttnPoolException thrown = new AttnPoolException("test", "fails");
    AttnPoolException caught =
        assertThrows(AttnPoolException.class, () -> OwnStack.call("test", () -> fail(thrown)));
    assertSame(thrown, caught);
    assertTrue(
        Arrays.stream(caught.getStackTrace())
            .anyMatch(
                frame ->
                    frame.getMethodName().contains("anExceptionTellsWhoCalled")
                        && frame.getClassName().equals(SmallStackTest.class.getName())),
        () -> Arrays.toString(caught.getStackTrace()));
  }

  private static Object fail(RuntimeException thrown) {
    throw thrown;
  }
}
