package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Plan;
import io.github.attnpool.backend.Backend;
import io.github.attnpool.backend.Backends;
import java.util.List;
import java.util.stream.Stream;

/** One way to compute the layer in F32 that is available here. */
record Variant(String backend, Plan plan, int threads) {
  static List<Variant> available() {
    return Backends.all().stream()
        .filter(backend -> backend.availability().available())
        .map(Backend::name)
        .flatMap(
            name ->
                Stream.of(
                    new Variant(name, Plan.STAGED, 1),
                    new Variant(name, Plan.FUSED, 1),
                    new Variant(name, Plan.FUSED, 3)))
        .toList();
  }

  /** A layer of this variant, after a look at what it says it runs on. */
  AttentionPooling open(AttentionParameters parameters) {
    AttentionPooling layer =
        AttentionPooling.builder(parameters).backend(backend).plan(plan).threads(threads).build();
    assertEquals(backend, layer.info().backend());
    assertEquals(plan, layer.info().plan());
    assertEquals(threads, layer.info().threads());
    return layer;
  }

  /** Whether everything but the results themselves is float64. */
  boolean isDouble() {
    return backend.equals("jvm") && plan == Plan.STAGED;
  }

  /** Greatest difference to a float64 reference, relative in the 2-norm of one sequence. */
  double tolerance() {
    return isDouble() ? 1e-6 : 1e-5;
  }

  @Override
  public String toString() {
    return backend + "/" + plan + "/" + threads;
  }
}
