package io.github.attnpool.internal.cuda.lookup;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.cuda.kernels.KernelLibrary;
import io.github.attnpool.internal.cuda.nvidia.BlasLt;
import io.github.attnpool.internal.cuda.nvidia.CudaRuntime;
import io.github.attnpool.internal.cuda.nvidia.CudnnSoftmax;
import io.github.attnpool.internal.cuda.nvidia.DriverApi;
import io.github.attnpool.internal.cuda.nvidia.GpuDevice;
import io.github.attnpool.internal.natives.Natives;
import io.github.attnpool.spi.Availability.State;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * CUDA as it is on this machine: the libraries that were loaded and the devices, or the reason why
 * there is none; asked once, at first use.
 */
public final class CudaSystem {
  private static final int NEWEST = 13;
  private static final int OLDEST = 12;

  /** In place of the runtime's file: do without CUDA. */
  private static final String OFF = "none";

  /** The first drivers that run CUDA of a major version. */
  private static final Map<Integer, Integer> DRIVERS = Map.of(OLDEST, 525, NEWEST, 580);

  private final Path root;
  private final SystemLibraries libraries;
  private final DriverLibrary driver = new DriverLibrary();
  private final int major;
  private final String reason; // null if it can be used
  private final State state;
  private final String kernels; // where from, or why not
  private final List<GpuDevice> devices = new ArrayList<>();
  private Boolean hasCudnn;
  private Map<String, String> facts; // null until asked for, and again when they change

  private CudaSystem(List<Path> folders, Path root) {
    this.root = root;
    this.libraries = new SystemLibraries(folders);
    String found;
    int version = NEWEST;
    String kernelsFile = Natives.cudaKernelsPlace() + "; not loaded, there is nothing to run them";
    boolean off = OFF.equals(System.getProperty(CudaLibrary.CUDART.property()));
    boolean mayHave =
        !off && (SystemLibraries.isChosen(CudaLibrary.CUDART) || NvidiaDriver.isThere(root));
    boolean kernelsFailed = false;
    try {
      version = mayHave ? loadRuntime() : 0;
      found =
          version > 0
              ? lookForDevices()
              : mayHave ? withoutRuntime() : off ? switchedOff() : NvidiaDriver.missing();
      if (found == null) {
        found = driver.load() ? null : "the CUDA driver: " + driver.report();
      }
      if (found == null) {
        found = loadBlas(version);
      }
      if (found == null) {
        kernelsFailed = true;
        Path file = Natives.cudaKernels();
        kernelsFile = file.toString();
        found = checkKernels(file);
        kernelsFailed = found != null;
      }
    } catch (AttnPoolException e) {
      found = e.getMessage();
    } catch (LinkageError e) { // the bindings did not find a function
      found = "a library is not what its name says: " + e.getMessage();
    }
    this.major = version == 0 ? NEWEST : version;
    this.reason = found;
    boolean named =
        libraries.namedFileFailed()
            || (kernelsFailed && System.getProperty(Natives.CUDA_KERNELS_PROPERTY) != null);
    this.state =
        found == null
            ? State.AVAILABLE
            : named ? State.WRONG_SETTING : mayHave ? State.FAILED : State.ABSENT;
    this.kernels = kernelsFile;
  }

  /** This machine's. */
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
    return SystemLibraries.isChosen(CudaLibrary.CUDART) || runsNewest()
        ? new int[] {NEWEST, OLDEST}
        : new int[] {OLDEST, NEWEST};
  }

  private boolean runsNewest() {
    int cuda = driver.load() ? DriverApi.version() : 0;
    return cuda > 0 ? cuda / 1000 >= NEWEST : NvidiaDriver.version(root) >= DRIVERS.get(NEWEST);
  }

  private String withoutRuntime() {
    return said(CudaLibrary.CUDART, report(CudaLibrary.CUDART));
  }

  private static String switchedOff() {
    return "it is switched off by -D" + CudaLibrary.CUDART.property() + "=" + OFF;
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

  /** The one of the runtime's version, or else another: it has a runtime of its own inside. */
  private String loadBlas(int runtime) {
    int newest = CudaRuntime.driverVersion() / 1000;
    int[] versions =
        IntStream.of(runtime, NEWEST, OLDEST)
            .filter(cuda -> cuda == runtime || cuda <= newest)
            .distinct()
            .toArray();
    for (int cuda : versions) {
      if (libraries.load(CudaLibrary.CUBLASLT, cuda)) {
        return null;
      }
      if (SystemLibraries.isChosen(CudaLibrary.CUBLASLT)) {
        break;
      }
    }
    return said(CudaLibrary.CUBLASLT, libraries.report(CudaLibrary.CUBLASLT, versions));
  }

  private static String checkKernels(Path file) {
    int found = KernelLibrary.abiVersion();
    int expected = KernelLibrary.expectedAbiVersion();
    if (found != expected) {
      return "%s has ABI version %d, must have %d".formatted(file, found, expected);
    }
    int built = KernelLibrary.runtimeVersion();
    int runs = CudaRuntime.driverVersion();
    if (built / 1000 <= runs / 1000) {
      return null;
    }
    Integer driver = DRIVERS.get(built / 1000);
    return "the kernels were built with CUDA %s, the driver runs CUDA up to %s: needs %s"
        .formatted(
            version(built),
            version(runs),
            driver == null ? "a newer driver" : "driver " + driver + " or later");
  }

  private static String version(int number) {
    return number / 1000 + "." + number % 1000 / 10;
  }

  /** Whether there is CUDA, and if not, of what kind the reason is. */
  public State state() {
    return state;
  }

  /** Why there is no CUDA; null if there is. */
  public String reason() {
    return reason;
  }

  /**
   * A device.
   *
   * @throws AttnPoolException if there is none of that index, or it cannot be used
   */
  public GpuDevice device(int index) {
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
  public synchronized void needCudnn() {
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
  public synchronized Map<String, String> facts() {
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
      all.put("kernelsBuild", KernelLibrary.build());
    }
    if (Boolean.TRUE.equals(hasCudnn)) {
      all.put("cudnnVersion", Long.toString(CudnnSoftmax.version()));
    }
    for (GpuDevice device : devices) {
      all.put("device" + device.index(), device.name() + ", " + device.architecture());
    }
    all.put("driverLibrary", driver.report());
    for (CudaLibrary library : CudaLibrary.values()) {
      all.put(library.key(), report(library));
    }
    all.put("kernels", kernels);
    all.put("searched", libraries.searched());
    return all;
  }

  private String report(CudaLibrary library) {
    boolean one = library != CudaLibrary.CUBLASLT && libraries.loaded(CudaLibrary.CUDART) != null;
    return one ? libraries.report(library, major) : libraries.report(library, NEWEST, OLDEST);
  }

  private static final class Holder {
    static final CudaSystem SYSTEM = new CudaSystem(LibraryFolders.ofThisMachine(), Path.of("/"));

    private Holder() {}
  }
}
