package io.github.attnpool.internal.cuda.lookup;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.cuda.kernels.KernelLibrary;
import io.github.attnpool.internal.cuda.nvidia.CudaRuntime;
import io.github.attnpool.internal.cuda.nvidia.DriverApi;
import io.github.attnpool.internal.cuda.nvidia.GpuDevice;
import io.github.attnpool.internal.natives.Natives;
import io.github.attnpool.spi.Availability.State;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** Loads what the backend needs, in order, and stops at the first thing that is missing. */
final class CudaLoader {
  /** In place of the runtime's file: do without CUDA. */
  private static final String OFF = "none";

  private final Path root;
  private final SystemLibraries libraries;
  private final DriverLibrary driver;
  private final List<GpuDevice> devices = new ArrayList<>();
  private int major = CudaVersion.NEWEST; // of the runtime, once it is loaded
  private boolean loadsKernels;
  private String kernels =
      Natives.cudaKernelsPlace() + "; not loaded, there is nothing to run them";

  /**
   * @param root of the file system in which a driver is looked for
   */
  CudaLoader(Path root, SystemLibraries libraries, DriverLibrary driver) {
    this.root = root;
    this.libraries = libraries;
    this.driver = driver;
  }

  /** Loads everything, or says what is missing. Never throws. */
  Findings load() {
    String property = CudaLibrary.CUDART.property();
    if (OFF.equals(System.getProperty(property))) {
      return found(State.ABSENT, Optional.of("it is switched off by -D" + property + "=" + OFF));
    }
    if (!SystemLibraries.isChosen(CudaLibrary.CUDART) && !NvidiaDriver.isThere(root)) {
      return found(State.ABSENT, Optional.of(NvidiaDriver.missing()));
    }
    Optional<String> problem = loadAll();
    State failed = isOfSetting() ? State.WRONG_SETTING : State.FAILED;
    return found(problem.isEmpty() ? State.AVAILABLE : failed, problem);
  }

  private Findings found(State state, Optional<String> reason) {
    return new Findings(state, reason, major, List.copyOf(devices), kernels);
  }

  /** Returns whether a file that could not be used was named by a property. */
  private boolean isOfSetting() {
    return libraries.namedFileFailed()
        || (loadsKernels && System.getProperty(Natives.CUDA_KERNELS_PROPERTY) != null);
  }

  private Optional<String> loadAll() {
    try {
      return loadRuntime()
          .or(this::lookForDevices)
          .or(this::loadDriver)
          .or(this::loadBlas)
          .or(this::loadKernels);
    } catch (AttnPoolException e) {
      return Optional.of(e.getMessage());
    } catch (LinkageError e) { // the bindings did not find a function
      return Optional.of("a library is not what its name says: " + e.getMessage());
    } catch (RuntimeException e) {
      return Optional.of("loading failed unexpectedly: " + e);
    }
  }

  private Optional<String> loadRuntime() {
    for (int cuda : inOrder()) {
      if (libraries.load(CudaLibrary.CUDART, cuda)) {
        major = CudaVersion.major(CudaRuntime.runtimeVersion());
        return Optional.empty();
      }
      if (SystemLibraries.isChosen(CudaLibrary.CUDART)) {
        break;
      }
    }
    return missing(CudaLibrary.CUDART, CudaVersion.NEWEST, CudaVersion.OLDEST);
  }

  /** Newest first, unless the driver is too old for that. */
  private int[] inOrder() {
    return SystemLibraries.isChosen(CudaLibrary.CUDART) || runsNewest()
        ? new int[] {CudaVersion.NEWEST, CudaVersion.OLDEST}
        : new int[] {CudaVersion.OLDEST, CudaVersion.NEWEST};
  }

  private boolean runsNewest() {
    int cuda = driver.load() ? DriverApi.version() : 0;
    return cuda > 0
        ? CudaVersion.major(cuda) >= CudaVersion.NEWEST
        : NvidiaDriver.version(root) >= CudaVersion.newestDriver();
  }

  private Optional<String> missing(CudaLibrary library, int... versions) {
    return Optional.of(library.title() + ": " + libraries.report(library, versions));
  }

  private Optional<String> lookForDevices() {
    int count;
    try {
      count = CudaRuntime.deviceCount();
    } catch (AttnPoolException e) {
      return Optional.of(
          "there is no usable device: "
              + e.problem()
              + "; the driver runs CUDA up to %s, the runtime is of %s"
                  .formatted(
                      CudaVersion.text(CudaRuntime.driverVersion()),
                      CudaVersion.text(CudaRuntime.runtimeVersion())));
    }
    for (int device = 0; device < count; device++) {
      devices.add(GpuDevice.of(device));
    }
    return count == 0 ? Optional.of("there is no device") : Optional.empty();
  }

  private Optional<String> loadDriver() {
    return driver.load() ? Optional.empty() : Optional.of("the CUDA driver: " + driver.report());
  }

  /**
   * Takes the one of the runtime's version, or else another: it has a runtime of its own inside.
   */
  private Optional<String> loadBlas() {
    int newest = CudaVersion.major(CudaRuntime.driverVersion());
    int[] versions =
        IntStream.of(major, CudaVersion.NEWEST, CudaVersion.OLDEST)
            .filter(cuda -> cuda == major || cuda <= newest)
            .distinct()
            .toArray();
    for (int cuda : versions) {
      if (libraries.load(CudaLibrary.CUBLASLT, cuda)) {
        return Optional.empty();
      }
      if (SystemLibraries.isChosen(CudaLibrary.CUBLASLT)) {
        break;
      }
    }
    return missing(CudaLibrary.CUBLASLT, versions);
  }

  private Optional<String> loadKernels() {
    loadsKernels = true;
    Path file = Natives.cudaKernels();
    kernels = file.toString();
    int found = KernelLibrary.abiVersion();
    int expected = KernelLibrary.expectedAbiVersion();
    if (found != expected) {
      return Optional.of(
          String.format(Locale.ROOT, "%s has ABI version %d, must have %d", file, found, expected));
    }
    int built = KernelLibrary.runtimeVersion();
    int runs = CudaRuntime.driverVersion();
    if (CudaVersion.major(built) <= CudaVersion.major(runs)) {
      return Optional.empty();
    }
    return Optional.of(
        "the kernels were built with CUDA %s, the driver runs CUDA up to %s: needs %s"
            .formatted(
                CudaVersion.text(built),
                CudaVersion.text(runs),
                CudaVersion.driversFor(CudaVersion.major(built))));
  }
}
