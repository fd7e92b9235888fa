package io.github.attnpool.internal.jvm;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
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
    if (options.precision() != Precision.F32 || options.plan() != Plan.STAGED) {
      throw new AttnPoolException(
          "build layer", "backend jvm offers plan STAGED with precision F32 only");
    }
    return new JvmStagedEngine(parameters, options);
  }
}
