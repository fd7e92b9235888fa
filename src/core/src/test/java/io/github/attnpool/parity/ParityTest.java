package io.github.attnpool.parity;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Output;
import io.github.attnpool.testkit.Run;
import io.github.attnpool.testkit.Variant;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every variant against what PyTorch computes in float64 of the same float32 inputs. */
class ParityTest {
  private static final Map<String, Map<Output, Double>> WORST = new TreeMap<>();

  static Stream<Arguments> casesAndVariants() {
    return ParityCase.names().stream()
        .flatMap(name -> Variant.available().stream().map(v -> Arguments.of(name, v)));
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("casesAndVariants")
  void agreesWithPyTorch(String name, Variant variant) {
    ParityCase parity = ParityCase.load(name);
    try (AttentionPooling layer = variant.open(parity.parameters())) {
      Map<Output, Double> errors =
          Agreement.relativeToResults(
                  variant, parity.parameters(), parity.batch(), parity.expected())
              .check(Run.of(layer, parity.batch()));
      Map<Output, Double> worst =
          WORST.computeIfAbsent(variant.toString(), v -> new EnumMap<>(Output.class));
      errors.forEach((output, error) -> worst.merge(output, error, Math::max));
    }
  }

  @AfterAll
  static void tell() {
    WORST.forEach(
        (variant, worst) -> System.out.println("largest errors, " + variant + ": " + worst));
  }
}
