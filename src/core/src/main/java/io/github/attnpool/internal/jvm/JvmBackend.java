package io.github.attnpool.internal.jvm;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.backend.Availability;
import io.github.attnpool.backend.Backend;
import io.github.attnpool.backend.Engine;
import io.github.attnpool.backend.EngineOptions;

/** Pure Java: needs no native library, so it is always available. */
public final class JvmBackend implements Backend {
  /** Called by the service loader. */
  public JvmBackend() {}

  @Override
  public String name() {
    return "jvm";
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public Availability availability() {
    return Availability.yes("pure Java");
  }

  @Override
  public Engine compile(AttentionParameters parameters, EngineOptions options) {
    return new JvmStagedEngine(parameters, options);
  }
}
