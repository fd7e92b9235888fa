package io.github.attnpool.internal.cuda.lookup;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.cuda.kernels.KernelLibrary;
import io.github.attnpool.internal.cuda.nvidia.BlasLt;
import io.github.attnpool.internal.cuda.nvidia.CudaRuntime;
import io.github.attnpool.internal.cuda.nvidia.CudnnSoftmax;
import io.github.attnpool.internal.cuda.nvidia.GpuDevice;
import io.github.attnpool.internal.natives.OwnStack;
import io.github.attnpool.spi.Availability.State;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * CUDA on this machine: the libraries that were loaded and the devices, or the reason why there are
 * none. Looked for once, at first use. May be used by any thread.
 */
public final class CudaSystem {
  private enum Cudnn {
    NOT_TRIED,
    LOADED,
    MISSING
  }

  private final SystemLibraries libraries;
  private final DriverLibrary driver = new DriverLibrary();
  private final Findings found;
  private Cudnn cudnn = Cudnn.NOT_TRIED;

  private CudaSystem(List<Path> folders, Path root) {
    libraries = new SystemLibraries(folders);
    found = new CudaLoader(root, libraries, driver).load();
  }

  /** Returns this machine's. */
  public static CudaSystem get() {
    return Holder.SYSTEM;
  }

  /**
   * Looks in given folders.
   *
   * @param root of the file system in which a driver is looked for
   */
  static CudaSystem in(List<Path> folders, Path root) {
    return new CudaSystem(folders, root);
  }

  /** Loads in a thread of its own, which must not need the class that waits for it. */
  private static CudaSystem ofThisMachine() {
    return OwnStack.call(
        "load library", () -> new CudaSystem(LibraryFolders.ofThisMachine(), Path.of("/")));
  }

  /** Returns whether there is CUDA, and if not, of what kind the reason is. */
  public State state() {
    return found.state();
  }

  /** Returns why there is no CUDA; empty if there is. */
  public Optional<String> reason() {
    return found.reason();
  }

  /**
   * Returns a device.
   *
   * @throws AttnPoolException if there is none of that index, or it cannot be used
   */
  public GpuDevice device(int index) {
    refuse(found.reason());
    List<GpuDevice> devices = found.devices();
    if (index >= devices.size()) {
      throw new AttnPoolException(
          "build layer",
          String.format(
              Locale.ROOT, "there is no device %d, must be 0 to %d", index, devices.size() - 1));
    }
    refuse(devices.get(index).problem());
    return devices.get(index);
  }

  private static void refuse(Optional<String> problem) {
    if (problem.isPresent()) {
      throw new AttnPoolException("build layer", problem.get());
    }
  }

  /**
   * Loads cuDNN, which only plan STAGED needs, unless it is loaded.
   *
   * @throws AttnPoolException if it cannot be loaded
   */
  public synchronized void needCudnn() {
    if (cudnn == Cudnn.NOT_TRIED) {
      cudnn = libraries.load(CudaLibrary.CUDNN, found.major()) ? Cudnn.LOADED : Cudnn.MISSING;
    }
    if (cudnn == Cudnn.MISSING) {
      throw new AttnPoolException(
          "build layer",
          "plan STAGED needs cuDNN, plan FUSED does not; "
              + CudaLibrary.CUDNN.title()
              + ": "
              + report(CudaLibrary.CUDNN));
    }
  }

  /** Returns everything that was found and tried, by name. */
  public synchronized Map<String, String> facts() {
    Map<String, String> all = new LinkedHashMap<>();
    if (found.reason().isEmpty()) {
      all.put("version", CudaVersion.text(CudaRuntime.runtimeVersion()));
      all.put("driver", CudaVersion.text(CudaRuntime.driverVersion()));
      all.put("cublasltVersion", Long.toString(BlasLt.version()));
      all.put("kernelsBuild", KernelLibrary.build());
    }
    if (cudnn == Cudnn.LOADED) {
      all.put("cudnnVersion", Long.toString(CudnnSoftmax.version()));
    }
    for (GpuDevice device : found.devices()) {
      all.put("device" + device.index(), device.name() + ", " + device.architecture());
    }
    all.put("driverLibrary", driver.report());
    for (CudaLibrary library : CudaLibrary.values()) {
      all.put(library.key(), report(library));
    }
    all.put("kernels", found.kernels());
    all.put("searched", libraries.searched());
    return all;
  }

  private String report(CudaLibrary library) {
    boolean one = library != CudaLibrary.CUBLASLT && libraries.isLoaded(CudaLibrary.CUDART);
    return one
        ? libraries.report(library, found.major())
        : libraries.report(library, CudaVersion.NEWEST, CudaVersion.OLDEST);
  }

  private static final class Holder {
    static final CudaSystem SYSTEM = ofThisMachine();

    private Holder() {}
  }
}
