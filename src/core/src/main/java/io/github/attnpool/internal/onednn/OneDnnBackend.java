package io.github.attnpool.internal.onednn;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Plan;
import io.github.attnpool.internal.fused.FusedEngine;
import io.github.attnpool.internal.maps.LayerForm;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.internal.natives.Natives;
import io.github.attnpool.spi.Availability;
import io.github.attnpool.spi.Availability.State;
import io.github.attnpool.spi.Backend;
import io.github.attnpool.spi.Engine;
import io.github.attnpool.spi.EngineOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The CPU, with oneDNN's matrix multiplication and the project's own kernels. */
public final class OneDnnBackend implements Backend {
  /** Called by the service loader. */
  public OneDnnBackend() {}

  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public int rank() {
    return 10;
  }

  @Override
  public Availability availability() {
    try {
      Natives natives = Natives.get();
      Map<String, String> facts = new LinkedHashMap<>();
      facts.put("isa", natives.tier());
      facts.put("isaDetected", natives.detectedTier());
      facts.put("library", "oneDNN");
      facts.put("version", OneDnn.version());
      facts.put("libraryIsa", OneDnn.isa());
      facts.put("loadedFrom", natives.oneDnn().toString());
      facts.put("kernelsLoadedFrom", natives.kernels().toString());
      facts.put("cache", natives.cache().toString());
      return Availability.yes(
          "oneDNN "
              + OneDnn.version()
              + " from "
              + natives.oneDnn()
              + ", kernels "
              + natives.tier(),
          facts);
    } catch (AttnPoolException e) {
      return Availability.no(
          Natives.isWrongSetting() ? State.WRONG_SETTING : State.FAILED, e.problem());
    }
  }

  @Override
  public Optional<String> lacks(AttentionParameters parameters, Plan plan) {
    return plan == Plan.STAGED ? PlainLayer.lacking(parameters) : Optional.empty();
  }

  @Override
  public Engine compile(AttentionParameters parameters, EngineOptions options) {
    switch (options.precision()) {
      case F32 -> {}
      case BF16 -> checkBf16(options.plan());
      case F16, TF32 ->
          throw new AttnPoolException(
              "build layer",
              "backend onednn offers precisions F32 and BF16, not " + options.precision());
    }
    return switch (options.plan()) {
      case STAGED -> new StagedEngine(parameters, options);
      case FUSED ->
          new FusedEngine(
              parameters,
              options,
              new OneDnnTileProgram(LayerForm.of(parameters), options.precision()));
    };
  }

  private static void checkBf16(Plan plan) {
    if (plan != Plan.FUSED) {
      throw new AttnPoolException("build layer", "precision BF16 needs plan FUSED, is " + plan);
    }
    if (!OneDnn.hasBf16()) {
      throw new AttnPoolException(
          "build layer",
          "precision BF16 needs a processor with AVX512_BF16 or AMX, oneDNN found "
              + OneDnn.isa()
              + " here; use F32");
    }
  }
}
