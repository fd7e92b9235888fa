package io.github.attnpool;

import io.github.attnpool.backend.Backend;
import io.github.attnpool.backend.Backends;
import java.util.ArrayList;
import java.util.List;

/** A backend that is available here, with a plan that it offers and a number of threads. */
record Way(String backend, Plan plan, int threads) {
  static List<Way> all() {
    List<Way> all = new ArrayList<>();
    for (Backend backend : Backends.all()) {
      if (backend.availability().available()) {
        all.add(new Way(backend.name(), Plan.STAGED, 1));
        all.add(new Way(backend.name(), Plan.FUSED, 1));
        all.add(new Way(backend.name(), Plan.FUSED, 4));
      }
    }
    all.removeIf(way -> !way.isOffered());
    return all;
  }

  AttentionPooling.Builder builder(AttentionParameters parameters) {
    return AttentionPooling.builder(parameters).backend(backend).plan(plan).threads(threads);
  }

  private boolean isOffered() {
    try {
      builder(AttentionParameters.linear(Linear.of(1, 1, new float[1]))).build().close();
      return true;
    } catch (AttnPoolException e) {
      if (e.getMessage().contains(" offers ")) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public String toString() {
    return backend + " " + plan + " with " + threads;
  }
}
