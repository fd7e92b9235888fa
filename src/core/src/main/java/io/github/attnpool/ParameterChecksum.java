package io.github.attnpool;

import io.github.attnpool.internal.maps.LinearArrays;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
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
    sum.add(parameters.projection());
    sum.add(parameters.hidden());
    sum.add(parameters.gate());
    sum.add(parameters.query());
    sum.add(Optional.of(parameters.score()));
    sum.add(parameters.temperature());
    sum.add(parameters.activation().name());
    sum.add(parameters.projectionActivation().name());
    return sum.high.getValue() << 32 | sum.low.getValue();
  }

  private void add(Optional<Linear> map) {
    if (map.isEmpty()) {
      add(-1f);
      return;
    }
    Linear linear = map.get();
    add(linear.outFeatures(), linear.inFeatures());
    add(LinearArrays.weight(linear));
    add(LinearArrays.bias(linear).orElseGet(() -> new float[0]));
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
