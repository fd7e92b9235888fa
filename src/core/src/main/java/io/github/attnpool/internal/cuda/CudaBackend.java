package io.github.attnpool.internal.cuda;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Plan;
import io.github.attnpool.internal.cuda.engine.CudaEngine;
import io.github.attnpool.internal.cuda.lookup.CudaSystem;
import io.github.attnpool.internal.cuda.nvidia.GpuDevice;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.spi.Availability;
import io.github.attnpool.spi.Availability.State;
import io.github.attnpool.spi.Backend;
import io.github.attnpool.spi.Engine;
import io.github.attnpool.spi.EngineOptions;
import java.util.Map;
import java.util.Optional;

/**
 * An NVIDIA GPU, with cuBLASLt's matrix multiplication, the project's own kernels, and in the
 * staged plan cuDNN's softmax. Backend {@code cuda} runs on the device that system property {@code
 * attnpool.cuda.device} names, by default 0; {@code cuda:1} on device 1.
 */
public final class CudaBackend implements Backend {
  /** Property: index of the device. */
  public static final String DEVICE_PROPERTY = "attnpool.cuda.device";

  private final Optional<String> device; // empty for the property's

  /** Called by the service loader. */
  public CudaBackend() {
    this(Optional.empty());
  }

  private CudaBackend(Optional<String> device) {
    this.device = device;
  }

  @Override
  public String name() {
    return device.map(index -> "cuda:" + index).orElse("cuda");
  }

  @Override
  public int rank() {
    return 20;
  }

  /** Until it has been measured on a device. */
  @Override
  public Optional<String> onlyByName() {
    return Optional.of("it has never run on a device, only on a fake one in tests");
  }

  @Override
  public Backend onDevice(String name) {
    return new CudaBackend(Optional.of(name));
  }

  private boolean isDeviceNamed() {
    return device.isPresent() || System.getProperty(DEVICE_PROPERTY) != null;
  }

  private int deviceIndex() {
    String text = device.orElseGet(() -> System.getProperty(DEVICE_PROPERTY, "0"));
    if (!text.matches("\\d{1,4}")) {
      throw new AttnPoolException(
          "choose backend", "the CUDA device is '" + text + "', must be a number, from 0 on");
    }
    return Integer.parseInt(text);
  }

  @Override
  public Availability availability() {
    CudaSystem system = CudaSystem.get();
    Map<String, String> facts = system.facts();
    try {
      GpuDevice found = system.device(deviceIndex());
      return Availability.yes(found + ", CUDA " + facts.get("version"), facts);
    } catch (AttnPoolException e) {
      State ofDevice = isDeviceNamed() ? State.WRONG_SETTING : State.FAILED;
      State state = system.reason().isEmpty() ? ofDevice : system.state();
      return new Availability(state, e.problem(), facts);
    }
  }

  @Override
  public Optional<String> lacks(AttentionParameters parameters, Plan plan) {
    return PlainLayer.lacking(parameters);
  }

  @Override
  public Engine compile(AttentionParameters parameters, EngineOptions options) {
    CudaSystem system = CudaSystem.get();
    GpuDevice found = system.device(deviceIndex());
    if (options.plan() == Plan.STAGED) {
      system.needCudnn();
    }
    return new CudaEngine(parameters, options, found);
  }
}
