package io.github.attnpool;

import io.github.attnpool.internal.backends.Backends;
import io.github.attnpool.spi.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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

  /** Those that its backend has on this processor; F32 always is one. */
  List<Precision> precisions() {
    return Stream.of(Precision.values()).filter(this::offers).toList();
  }

  private boolean isOffered() {
    try {
      least().build().close();
      return true;
    } catch (AttnPoolException e) {
      if (e.getMessage().contains(" offers ")) {
        return false;
      }
      throw e;
    }
  }

  /** Only what a backend documents not to have is not offered; any other refusal is a failure. */
  private boolean offers(Precision precision) {
    try {
      least().precision(precision).build().close();
      return true;
    } catch (AttnPoolException e) {
      boolean documented =
          switch (backend) {
            case "jvm" -> precision != Precision.F32 && e.problem().contains(" offers precision ");
            case "onednn" ->
                precision == Precision.BF16
                    ? e.problem().startsWith("precision BF16 needs a processor with ")
                    : precision != Precision.F32 && e.problem().contains(" offers precisions ");
            default -> false;
          };
      if (documented) {
        return false;
      }
      throw e;
    }
  }

  /** The least of layers. */
  private AttentionPooling.Builder least() {
    return builder(AttentionParameters.linear(Linear.of(1, 1, new float[1])));
  }

  @Override
  public String toString() {
    return backend + " " + plan + " with " + threads;
  }
}
