package io.github.attnpool;

import io.github.attnpool.internal.maps.LinearArrays;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Tells parameters apart whose states must not be mixed: those that score or project otherwise. The
 * first half of a SHA-256, so that nobody can make other parameters with an equal digest.
 *
 * @param high the first 8 bytes, little-endian
 * @param low the next 8 bytes
 */
record ParameterDigest(long high, long low) {
  /** Bytes of a digest where it is written. */
  static final int BYTES = 2 * Long.BYTES;

  /**
   * The digests of parameters in use, by identity: each is made when it is first asked for, since
   * it takes longer than all else that is done to a state's bytes, and most layers never stream.
   */
  private static final Map<AttentionParameters, ParameterDigest> KNOWN =
      Collections.synchronizedMap(new WeakHashMap<>());

  /**
   * A digest of all that leads to scores and pooled rows; the output layer has no part in it. Safe
   * to call from any thread: two that come first at once make the same digest.
   */
  static ParameterDigest of(AttentionParameters parameters) {
    ParameterDigest known = KNOWN.get(parameters);
    if (known == null) {
      known = make(parameters);
      KNOWN.put(parameters, known);
    }
    return known;
  }

  private static ParameterDigest make(AttentionParameters parameters) {
    Digested digested = new Digested();
    digested.add(parameters.rows());
    digested.add(parameters.hidden());
    digested.add(parameters.gate());
    digested.add(parameters.query());
    digested.add(parameters.score());
    digested.add(parameters.values());
    digested.add("%s %s".formatted(parameters.isPerChannel(), parameters.poolsInput()));
    ByteBuffer bytes = ByteBuffer.wrap(digested.sha.digest()).order(ByteOrder.LITTLE_ENDIAN);
    return new ParameterDigest(bytes.getLong(), bytes.getLong());
  }

  static ParameterDigest read(ByteBuffer bytes) {
    return new ParameterDigest(bytes.getLong(), bytes.getLong());
  }

  void write(ByteBuffer bytes) {
    bytes.putLong(high).putLong(low);
  }

  /**
   * What has been digested so far. Whatever may be of several lengths follows its length, so that
   * no two parameters are the same bytes.
   */
  private static final class Digested {
    private static final int CHUNK = 2048;

    private final MessageDigest sha = sha256();
    private final ByteBuffer buffer =
        ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) { // every JVM must have it
        throw new AttnPoolException("pooling state", "this JVM has no SHA-256", e);
      }
    }

    void add(List<Step> stage) {
      add(stage.size());
      for (Step step : stage) {
        add(step.getClass().getSimpleName());
        switch (step) {
          case Linear map -> {
            add(map.outFeatures());
            add(map.inFeatures());
            add(LinearArrays.weight(map));
            add(LinearArrays.bias(map).orElseGet(() -> new float[0]));
          }
          case LayerNorm norm -> {
            add(norm.groups());
            add(norm.epsilon());
            add(norm.weight());
            add(norm.bias());
          }
          case BatchNorm norm -> {
            add(norm.scale());
            add(norm.shift());
          }
          case Activation activation -> add(activation.name());
          case StepBias bias -> add(bias.values());
          case Divide(float by) -> add(new float[] {by});
        }
      }
    }

    private void add(int value) {
      buffer.putInt(value);
      flush();
    }

    private void add(double value) {
      buffer.putDouble(value);
      flush();
    }

    private void add(double[] values) {
      add(values.length);
      for (double value : values) {
        add(value);
      }
    }

    private void add(float[] values) {
      buffer.putInt(values.length);
      for (float value : values) {
        if (!buffer.hasRemaining()) {
          flush();
        }
        buffer.putFloat(value);
      }
      flush();
    }

    void add(String name) {
      byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
      add(bytes.length);
      sha.update(bytes);
    }

    private void flush() {
      sha.update(buffer.flip());
      buffer.clear();
    }
  }
}
