package io.github.attnpool.internal.kernels;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.Activation;
import io.github.attnpool.internal.natives.Natives;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each method passes its arguments to the kernel in order. The kernels' own tests are in C. */
class KernelCallsTest {
  private static final double LOG_3 = Math.log(3);
  private static final double NEARLY = 1e-6;

  private final Arena arena = Arena.ofConfined();

  @BeforeAll
  static void load() {
    Natives.get();
  }

  @AfterEach
  void close() {
    arena.close();
  }

  private MemorySegment floats(double... values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      narrow[i] = (float) values[i];
    }
    return arena.allocateFrom(JAVA_FLOAT, narrow);
  }

  private static void assertFloats(MemorySegment values, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], values.getAtIndex(JAVA_FLOAT, i), NEARLY, "value " + i);
    }
  }

  private static void assertDoubles(MemorySegment values, double... expected) {
    assertArrayEquals(expected, values.toArray(JAVA_DOUBLE), NEARLY);
  }

  @Test
  void activate() {
    MemorySegment x = floats(1, 2, -3, 4);
    MemorySegment rounded = arena.allocate(JAVA_SHORT, 4);
    NativeKernels.activate(
        x.address(),
        2,
        2,
        floats(10, 1).address(),
        floats(0.5, -3).address(),
        Activation.RELU,
        rounded.address());
    assertFloats(x, 10.5, 0, 0, 1);
    assertArrayEquals(new short[] {0x4128, 0, 0, 0x3f80}, rounded.toArray(JAVA_SHORT));
  }

  @Test
  void layerNorm() {
    MemorySegment x = floats(1, 3, 5, 5, -1, 1, 2, 6);
    MemorySegment rounded = arena.allocate(JAVA_SHORT, 8);
    NativeKernels.layerNorm(
        x.address(),
        2,
        2,
        2,
        floats(1, 1, 2, 2).address(),
        floats(0, 1, 0, 7).address(),
        3,
        Activation.RELU,
        rounded.address());
    double steep = 4 / Math.sqrt(7); // of ±2 with variance 4
    assertFloats(x, 0, 1.5, 0, 7, 0, 1.5, 0, 7 + steep);
    assertEquals(0x3fc0, rounded.getAtIndex(JAVA_SHORT, 1));
  }

  @Test
  void multiply() {
    MemorySegment x = floats(1, 2, 10, 20, 3, 4, 30, 40); // two units and two gates in a row
    MemorySegment rounded = arena.allocate(JAVA_SHORT, 4);
    NativeKernels.multiply(x.address(), 2, 2, 4, x.address() + 8, 4, rounded.address());
    assertFloats(x, 10, 40, 10, 20, 90, 160, 30, 40);
    assertArrayEquals(new short[] {0x4120, 0x4220, 0x42b4, 0x4320}, rounded.toArray(JAVA_SHORT));
  }

  @Test
  void add() {
    MemorySegment x = floats(1, 2, 7, 3, 4, 7);
    NativeKernels.add(x.address(), 2, 2, 3, floats(10, 20).address(), 1, 0);
    assertFloats(x, 11, 12, 7, 23, 24, 7);
    NativeKernels.add(x.address(), 2, 2, 3, floats(10, 20).address(), 0, 1);
    assertFloats(x, 21, 32, 7, 33, 44, 7);
  }

  /** Two rows with weights 1/4 and 3/4 in channel 0, and 1/2 and 1/2 in channel 1. */
  @Test
  void channels() {
    MemorySegment x = floats(8, 1, 4, 3);
    MemorySegment scores = floats(0, 5, LOG_3, 5);
    MemorySegment states = arena.allocate(JAVA_DOUBLE, 8);
    ChannelKernels.block(false, x.address(), 2, 2, scores.address(), 2, states.address(), 2);
    assertDoubles(states, LOG_3, 5, 4. / 3, 2, 20. / 3, 4, 4, 2);
    MemorySegment other = arena.allocate(JAVA_DOUBLE, 8).copyFrom(states);
    ChannelKernels.merge(states.address(), other.address(), 2, 2, 1); // the squares stay
    assertDoubles(states, LOG_3, 5, 8. / 3, 4, 40. / 3, 8, 4, 2);
    MemorySegment mean = arena.allocate(JAVA_FLOAT, 2);
    MemorySegment deviation = arena.allocate(JAVA_FLOAT, 2);
    ChannelKernels.finish(states.address(), 2, 2, 0, 0.25, mean.address(), deviation.address());
    assertFloats(mean, 5, 2);
    assertFloats(deviation, Math.sqrt(1.5), Math.sqrt(0.5));
    MemorySegment weights = arena.allocate(JAVA_FLOAT, 4);
    ChannelKernels.weights(scores.address(), 2, 2, states.address(), 2, 8, weights.address());
    double divisor = 4 * Math.exp(5) + 8;
    assertFloats(weights, 1. / 16, Math.exp(5) / divisor, 3. / 16, Math.exp(5) / divisor);
  }

  @Test
  void headMoments() {
    MemorySegment x = floats(8, 1, 4, 3);
    MemorySegment scores = floats(0, LOG_3, 0, 5, 5, 0); // for each head two, and one between
    MemorySegment states = arena.allocate(JAVA_DOUBLE, 16);
    ChannelKernels.headMoments(
        false, x.address(), 2, 2, scores.address(), 3, 2, states.address(), 4);
    assertDoubles(
        states, LOG_3, LOG_3, 5, 5, 4. / 3, 4. / 3, 2, 2, 20. / 3, 10. / 3, 12, 4, 4, 1, 8, 2);
  }

  @Test
  void bf16() {
    MemorySegment x = arena.allocateFrom(JAVA_SHORT, (short) 0x4100, (short) 0x4080); // 8, 4
    MemorySegment scores = floats(0, LOG_3);
    MemorySegment states = arena.allocate(JAVA_DOUBLE, 4);
    ChannelKernels.block(true, x.address(), 2, 1, scores.address(), 2, states.address(), 1);
    assertDoubles(states, LOG_3, 4. / 3, 20. / 3, 4);
    ChannelKernels.headMoments(
        true, x.address(), 2, 1, scores.address(), 2, 1, states.address(), 1);
    assertDoubles(states, LOG_3, 4. / 3, 20. / 3, 4);
  }
}
