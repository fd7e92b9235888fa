package io.github.attnpool;

import io.github.attnpool.internal.maps.LinearArrays;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** Tells parameters apart whose states must not be mixed: those that score or project otherwise. */
final class ParameterChecksum {
  private static final int CHUNK = 2048;

  /**
   * The sums of parameters in use, by identity: each is made when it is first asked for, since it
   * takes longer than all else that is done to a state's bytes, and most layers never stream.
   */
  private static final Map<AttentionParameters, Long> KNOWN =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final Checksum low = new CRC32();
  private final Checksum high = new CRC32C();
  private final ByteBuffer buffer =
      ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  private ParameterChecksum() {}

  /**
   * A check sum of all that leads to scores and pooled rows; the output layer has no part in it.
   * Safe to call from any thread: two that come first at once make the same sum.
   */
  static long of(AttentionParameters parameters) {
    Long known = KNOWN.get(parameters);
    if (known == null) {
      known = make(parameters);
      KNOWN.put(parameters, known);
    }
    return known;
  }

  private static long make(AttentionParameters parameters) {
    ParameterChecksum sum = new ParameterChecksum();
    sum.add(parameters.rows());
    sum.add(parameters.hidden());
    sum.add(parameters.gate());
    sum.add(parameters.query());
    sum.add(parameters.score());
    sum.add(parameters.values());
    sum.add("%s %s".formatted(parameters.isPerChannel(), parameters.poolsInput()));
    return sum.high.getValue() << 32 | sum.low.getValue();
  }

  private void add(List<Step> stage) {
    add((float) stage.size());
    for (Step step : stage) {
      add(step.getClass().getSimpleName());
      switch (step) {
        case Linear map -> {
          add(map.outFeatures(), map.inFeatures());
          add(LinearArrays.weight(map));
          add(LinearArrays.bias(map).orElseGet(() -> new float[0]));
        }
        case LayerNorm norm -> {
          add(norm.groups(), (float) norm.epsilon());
          add(norm.weight());
          add(norm.bias());
        }
        case BatchNorm norm -> {
          add(norm.scale());
          add(norm.shift());
        }
        case Activation activation -> add(activation.name());
        case StepBias bias -> add(bias.values());
        case Divide(float by) -> add(by);
      }
    }
  }

  private void add(double... values) {
    for (double value : values) {
      long bits = Double.doubleToLongBits(value);
      add(Float.intBitsToFloat((int) bits), Float.intBitsToFloat((int) (bits >>> 32)));
    }
  }

  private void add(float... values) {
    for (float value : values) {
      buffer.putFloat(value);
      if (!buffer.hasRemaining()) {
        flush();
      }
    }
    flush();
  }

  private void add(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    low.update(bytes);
    high.update(bytes);
  }

  private void flush() {
    buffer.flip();
    low.update(buffer.duplicate());
    high.update(buffer);
    buffer.clear();
  }
}
