package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Plan;
import io.github.attnpool.backend.Backend;
import io.github.attnpool.backend.Backends;
import java.util.List;

/** One way to compute the layer that is available here: a backend and a plan. */
record Variant(String backend, Plan plan) {
  static List<Variant> available() {
    return Backends.all().stream()
        .filter(backend -> backend.availability().available())
        .map(Backend::name)
        .map(name -> new Variant(name, Plan.STAGED))
        .toList();
  }

  /** A layer of this variant, after a look at what it says it runs on. */
  AttentionPooling open(AttentionParameters parameters) {
    AttentionPooling layer =
        AttentionPooling.builder(parameters).backend(backend).plan(plan).build();
    assertEquals(backend, layer.info().backend());
    assertEquals(plan, layer.info().plan());
    return layer;
  }

  /** Whether everything but the results themselves is float64. */
  boolean isDouble() {
    return backend.equals("jvm");
  }

  /** Greatest difference to a float64 reference, relative in the 2-norm of one sequence. */
  double tolerance() {
    return isDouble() ? 1e-6 : 1e-5;
  }

  @Override
  public String toString() {
    return backend + "/" + plan;
  }
}
