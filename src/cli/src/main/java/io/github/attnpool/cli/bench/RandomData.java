package io.github.attnpool.cli.bench;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.ElementType;
import io.github.attnpool.Linear;
import io.github.attnpool.Sequences;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/** Weights and rows from fixed seeds: equal sizes get equal numbers. */
final class RandomData {
  private static final long WEIGHTS_SEED = 1;
  private static final long ROWS_SEED = 2;
  private static final long ALIGNMENT = 64;

  private RandomData() {}

  /** The additive form, drawn as PyTorch initialises {@code nn.Linear}: uniform, ±1/√inputs. */
  static AttentionParameters parameters(Shape shape) {
    SplittableRandom random = new SplittableRandom(WEIGHTS_SEED);
    return AttentionParameters.additive(
        linear(random, shape.units(), shape.width()), linear(random, 1, shape.units()));
  }

  private static Linear linear(SplittableRandom random, int outputs, int inputs) {
    float bound = (float) (1 / Math.sqrt(inputs));
    float[] weight = new float[Math.multiplyExact(outputs, inputs)];
    float[] bias = new float[outputs];
    fill(weight, random, bound);
    fill(bias, random, bound);
    return Linear.of(outputs, inputs, weight, bias);
  }

  private static void fill(float[] values, SplittableRandom random, float bound) {
    for (int i = 0; i < values.length; i++) {
      values[i] = bound * uniform(random);
    }
  }

  /**
   * A padded batch without padding, uniform within ±1.
   *
   * @param type F32 or BF16
   * @param arena owner of the memory
   */
  static Sequences rows(Shape shape, ElementType type, Arena arena) {
    long count = Math.multiplyExact(shape.rows(), (long) shape.width());
    MemorySegment x = arena.allocate(Math.multiplyExact(count, (long) type.bytes()), ALIGNMENT);
    SplittableRandom random = new SplittableRandom(ROWS_SEED);
    for (long i = 0; i < count; i++) {
      float value = uniform(random);
      if (type == ElementType.BF16) {
        x.setAtIndex(JAVA_SHORT, i, (short) (Float.floatToRawIntBits(value) >>> 16));
      } else {
        x.setAtIndex(JAVA_FLOAT, i, value);
      }
    }
    return Sequences.padded(x, type, shape.batch(), shape.steps(), shape.width());
  }

  /** An odd number of 24 bits, scaled: within ±1, and never zero, which is fast to work with. */
  private static float uniform(SplittableRandom random) {
    return (random.nextInt() >> 8 | 1) * 0x1p-23f;
  }
}
