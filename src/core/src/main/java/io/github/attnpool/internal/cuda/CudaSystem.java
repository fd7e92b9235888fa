package io.github.attnpool.internal.cuda;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.bindings.cudakernels.CudaKernels;
import io.github.attnpool.internal.natives.Natives;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * CUDA as it is on this machine: the libraries that were loaded and the devices, or the reason why
 * there is none; asked once, at first use.
 */
final class CudaSystem {
  private static final int NEWEST = 13;
  private static final int OLDEST = 12;
  private static final int DRIVER_OF_NEWEST = 580; // the first that runs CUDA 13

  private final Path root;
  private final SystemLibraries libraries;
  private final int major;
  private final String reason; // null if it can be used
  private final String kernels; // where from, or why not
  private final List<GpuDevice> devices = new ArrayList<>();
  private Boolean hasCudnn;
  private Map<String, String> facts; // null until asked for, and again when they change

  private CudaSystem(List<Path> folders, Path root) {
    this.root = root;
    this.libraries = new SystemLibraries(folders);
    String found;
    int version = NEWEST;
    String kernelsFile = "not loaded: there is nothing to run them";
    try {
      boolean mayHave = SystemLibraries.isChosen(CudaLibrary.CUDART) || NvidiaDriver.isThere(root);
      version = mayHave ? loadRuntime() : 0;
      found = version > 0 ? lookForDevices() : mayHave ? withoutRuntime() : NvidiaDriver.missing();
      if (found == null) {
        found = loadBlas(version);
      }
      if (found == null) {
        Path file = Natives.cudaKernels();
        kernelsFile = file.toString();
        found = checkKernels(file);
      }
    } catch (AttnPoolException e) {
      found = e.getMessage();
    } catch (LinkageError e) { // the bindings did not find a function
      found = "a library is not what its name says: " + e.getMessage();
    }
    this.major = version == 0 ? NEWEST : version;
    this.reason = found;
    this.kernels = kernelsFile;
  }

  /** This machine's. */
  static CudaSystem get() {
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

  /** Major version of the runtime that was loaded; 0 if none was. */
  private int loadRuntime() {
    for (int cuda : inOrder()) {
      if (libraries.load(CudaLibrary.CUDART, cuda)) {
        return CudaRuntime.runtimeVersion() / 1000;
      }
      if (SystemLibraries.isChosen(CudaLibrary.CUDART)) {
        return 0;
      }
    }
    return 0;
  }

  /** Newest first, unless the driver is too old for that. */
  private int[] inOrder() {
    return NvidiaDriver.version(root) >= DRIVER_OF_NEWEST
        ? new int[] {NEWEST, OLDEST}
        : new int[] {OLDEST, NEWEST};
  }

  private String withoutRuntime() {
    return said(CudaLibrary.CUDART, report(CudaLibrary.CUDART));
  }

  private static String said(CudaLibrary library, String report) {
    return library.title() + ": " + report;
  }

  private String lookForDevices() {
    int count;
    try {
      count = CudaRuntime.deviceCount();
    } catch (AttnPoolException e) {
      return "there is no usable device: "
          + e.problem()
          + "; the driver runs CUDA up to %s, the runtime is of %s"
              .formatted(
                  version(CudaRuntime.driverVersion()), version(CudaRuntime.runtimeVersion()));
    }
    if (count == 0) {
      return "there is no device";
    }
    for (int device = 0; device < count; device++) {
      devices.add(GpuDevice.of(device));
    }
    return null;
  }

  private String loadBlas(int cuda) {
    return libraries.load(CudaLibrary.CUBLASLT, cuda)
        ? null
        : said(CudaLibrary.CUBLASLT, libraries.report(CudaLibrary.CUBLASLT, cuda));
  }

  private static String checkKernels(Path file) {
    int found = CudaKernels.attnpool_cuda_abi_version();
    int expected = CudaKernels.ATTNPOOL_CUDA_ABI_VERSION();
    return found == expected
        ? null
        : "%s has ABI version %d, must have %d".formatted(file, found, expected);
  }

  private static String version(int number) {
    return number / 1000 + "." + number % 1000 / 10;
  }

  /** Why there is no CUDA; null if there is. */
  String reason() {
    return reason;
  }

  /**
   * A device.
   *
   * @throws AttnPoolException if there is none of that index, or it cannot be used
   */
  GpuDevice device(int index) {
    if (reason != null) {
      throw new AttnPoolException("build layer", reason);
    }
    if (index >= devices.size()) {
      throw new AttnPoolException(
          "build layer",
          "there is no device %d, must be 0 to %d".formatted(index, devices.size() - 1));
    }
    String problem = devices.get(index).problem();
    if (problem != null) {
      throw new AttnPoolException("build layer", problem);
    }
    return devices.get(index);
  }

  /**
   * Loads cuDNN, which one plan alone needs, unless it is loaded.
   *
   * @throws AttnPoolException if it cannot be
   */
  synchronized void needCudnn() {
    if (hasCudnn == null) {
      hasCudnn = libraries.load(CudaLibrary.CUDNN, major);
      facts = null;
    }
    if (!hasCudnn) {
      throw new AttnPoolException(
          "build layer",
          "plan STAGED needs cuDNN, plan FUSED does not; "
              + said(CudaLibrary.CUDNN, report(CudaLibrary.CUDNN)));
    }
  }

  /** Everything that was found and tried, by name. */
  synchronized Map<String, String> facts() {
    if (facts == null) {
      facts = look();
    }
    return facts;
  }

  private Map<String, String> look() {
    Map<String, String> all = new LinkedHashMap<>();
    if (reason == null) {
      all.put("version", version(CudaRuntime.runtimeVersion()));
      all.put("driver", version(CudaRuntime.driverVersion()));
      all.put("cublasltVersion", Long.toString(BlasLt.version()));
      all.put("kernelsBuild", DeviceKernels.build());
    }
    for (GpuDevice device : devices) {
      all.put("device" + device.index(), device.name() + ", " + device.architecture());
    }
    for (CudaLibrary library : CudaLibrary.values()) {
      all.put(library.key(), report(library));
    }
    all.put("kernels", kernels);
    all.put("searched", libraries.searched());
    return all;
  }

  private String report(CudaLibrary library) {
    boolean known = libraries.loaded(CudaLibrary.CUDART) != null;
    return known ? libraries.report(library, major) : libraries.report(library, NEWEST, OLDEST);
  }

  private static final class Holder {
    static final CudaSystem SYSTEM = new CudaSystem(LibraryFolders.ofThisMachine(), Path.of("/"));

    private Holder() {}
  }
}
