package io.github.attnpool.internal.jvm;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.fused.FusedEngine;
import io.github.attnpool.internal.jvm.fast.JvmTileProgram;
import io.github.attnpool.internal.jvm.fast.KernelChoice;
import io.github.attnpool.internal.jvm.reference.ReferenceEngine;
import io.github.attnpool.internal.maps.LayerForm;
import io.github.attnpool.spi.Availability;
import io.github.attnpool.spi.Backend;
import io.github.attnpool.spi.Engine;
import io.github.attnpool.spi.EngineOptions;
import java.util.Optional;

/**
 * Pure Java: needs no native library, so it is always available. Plan FUSED uses the Vector API
 * where the JVM is started with {@code --add-modules jdk.incubator.vector}; system property {@code
 * attnpool.jvm.kernels} chooses otherwise ({@code auto}, {@code vector} or {@code scalar}).
 */
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
    return Availability.yes("pure Java, " + KernelChoice.describe());
  }

  @Override
  public Optional<String> lacks(AttentionParameters parameters, Plan plan) {
    return Optional.empty();
  }

  @Override
  public Engine compile(AttentionParameters parameters, EngineOptions options) {
    if (options.precision() != Precision.F32) {
      throw new AttnPoolException(
          "build layer", "backend jvm offers precision F32 only, not " + options.precision());
    }
    return switch (options.plan()) {
      case STAGED -> new ReferenceEngine(parameters, options);
      case FUSED ->
          new FusedEngine(parameters, options, JvmTileProgram.of(LayerForm.of(parameters)));
    };
  }
}
