package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.attnpool.internal.maps.LinearArrays;
import io.github.attnpool.internal.maps.PlainLayer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ParameterDigestTest {
  private static final int UNITS = 256;
  private static final int WIDTH = 1024;

  /**
   * A change of the weights, which users cannot make, goes unnoticed if they are not read again.
   */
  @Test
  void isMadeOnce() {
    AttentionParameters parameters = parameters(0.5f);
    ParameterDigest digest = ParameterDigest.of(parameters);
    LinearArrays.weight(PlainLayer.of(parameters).hidden().orElseThrow())[0] = 1;
    assertEquals(digest, ParameterDigest.of(parameters));
    assertNotEquals(digest, ParameterDigest.of(parameters.withTemperature(1)));
  }

  @Test
  void isMadeFromTheValues() {
    AttentionParameters parameters = parameters(0.5f);
    assertEquals(ParameterDigest.of(parameters), ParameterDigest.of(parameters(0.5f)));
    List<AttentionParameters> others =
        List.of(
            parameters,
            parameters(0.25f),
            parameters.withTemperature(2),
            parameters.withActivation(Activation.RELU),
            parameters.withGate(
                Linear.of(UNITS, WIDTH, new float[UNITS * WIDTH]), Activation.SIGMOID));
    Set<ParameterDigest> digests = new HashSet<>();
    others.forEach(each -> digests.add(ParameterDigest.of(each)));
    assertEquals(others.size(), digests.size());
  }

  @Test
  void isTheSameFromAllThreads() {
    AttentionParameters parameters = parameters(0.5f);
    Set<ParameterDigest> digests =
        Stream.generate(() -> parameters)
            .limit(64)
            .parallel()
            .map(ParameterDigest::of)
            .collect(Collectors.toSet());
    assertEquals(Set.of(ParameterDigest.of(parameters(0.5f))), digests);
    assertNotEquals(Set.of(ParameterDigest.of(parameters(1))), digests);
  }

  private static AttentionParameters parameters(float value) {
    float[] weight = new float[UNITS * WIDTH];
    weight[WIDTH] = value;
    return AttentionParameters.additive(
        Linear.of(UNITS, WIDTH, weight), Linear.of(1, UNITS, new float[UNITS]));
  }
}
