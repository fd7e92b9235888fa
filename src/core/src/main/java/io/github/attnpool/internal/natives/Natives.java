package io.github.attnpool.internal.natives;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.bindings.kernels.Kernels;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** The native libraries of this process, loaded once, at first use. */
public final class Natives implements Loading {
  /** Property that names the file of the project's own kernels. */
  public static final String KERNELS_PROPERTY = "attnpool.kernels.library";

  /** Property that names the file of oneDNN. */
  public static final String ONEDNN_PROPERTY = "attnpool.onednn.library";

  /** Property that names the file of the project's own kernels for CUDA. */
  public static final String CUDA_KERNELS_PROPERTY = "attnpool.cuda.kernels.library";

  /** A failure is kept, not tried again with every layer. Guarded by the class. */
  private static volatile @Nullable Loading loading;

  private final Path kernels;
  private final Path oneDnn;
  private final Path cache;

  private Natives(Path kernels, Path oneDnn, Path cache) {
    this.kernels = kernels;
    this.oneDnn = oneDnn;
    this.cache = cache;
  }

  /** Loads the libraries, or tells again why that failed. */
  public static Natives get() {
    return switch (loading()) {
      case Natives natives -> natives;
      case LoadFailure failure -> throw failure.asException();
    };
  }

  /** Whether they cannot be used because of what the user named, by a property or a variable. */
  public static boolean isWrongSetting() {
    return loading() instanceof LoadFailure failure && failure.ofSetting();
  }

  private static Loading loading() {
    Loading known = loading;
    return known == null ? loadOnce() : known;
  }

  private static synchronized Loading loadOnce() {
    Loading known = loading;
    if (known == null) {
      known = OwnStack.call("load library", Natives::load);
      loading = known;
    }
    return known;
  }

  /**
   * Loads the project's own kernels for CUDA. They are not packed where they were not built.
   *
   * @return where they were loaded from
   * @throws AttnPoolException if they cannot be
   */
  public static Path cudaKernels() {
    try {
      return new LibraryLoader(
              "the CUDA kernels library", CUDA_KERNELS_PROPERTY, LibraryCache.ofUser())
          .find(cudaKernelsResource())
          .load();
    } catch (LoadFailure e) {
      throw e.asException();
    }
  }

  /** Where the project's own kernels for CUDA would be loaded from, or why from nowhere. */
  public static String cudaKernelsPlace() {
    String named = System.getProperty(CUDA_KERNELS_PROPERTY);
    if (named != null) {
      return "-D" + CUDA_KERNELS_PROPERTY + "=" + named;
    }
    return Natives.class.getClassLoader().getResource(cudaKernelsResource()) == null
        ? "not packed: there was no nvcc when attnpool was built"
        : "packed for " + Platform.name();
  }

  private static String cudaKernelsResource() {
    return "io/github/attnpool/native/" + Platform.name() + "/libattnpool_cuda.so";
  }

  /** Where the kernels were loaded from. */
  public Path kernels() {
    return kernels;
  }

  /** Where oneDNN was loaded from. */
  public Path oneDnn() {
    return oneDnn;
  }

  /** The folder that packed libraries are unpacked to. */
  public Path cache() {
    return cache;
  }

  /** Tier that the kernels run. */
  public String tier() {
    return Kernels.attnpool_tier().getString(0);
  }

  /** Best tier that processor and operating system allow. */
  public String detectedTier() {
    return Kernels.attnpool_detected_tier().getString(0);
  }

  private static Loading load() {
    try {
      return loadAll();
    } catch (LoadFailure e) {
      return e;
    } catch (RuntimeException | LinkageError e) {
      return new LoadFailure("native libraries could not be loaded: " + e, false, e);
    }
  }

  private static Natives loadAll() {
    LibraryCache cache = LibraryCache.ofUser();
    String platform = Platform.name();
    TierCap.check(System.getenv(TierCap.VARIABLE), platform);
    LibraryLoader.Found ours =
        new LibraryLoader("the kernels library", KERNELS_PROPERTY, cache)
            .find("io/github/attnpool/native/" + platform + "/libattnpool.so");
    // Reads 90 MB, while the first library has Java make itself ready for native calls.
    FutureTask<LibraryLoader.Found> theirs =
        OwnStack.start("load library", () -> findOneDnn(cache, platform));
    Path kernels = ours.load();
    LoadedVersion.checkKernels(kernels);
    Path oneDnn = OwnStack.result(theirs).load();
    LoadedVersion.checkOneDnn(oneDnn);
    return new Natives(kernels, oneDnn, cache.root());
  }

  private static LibraryLoader.Found findOneDnn(LibraryCache cache, String platform) {
    String packed = "org/bytedeco/dnnl/" + platform + "/";
    return new LibraryLoader("oneDNN", ONEDNN_PROPERTY, cache)
        .find(packed + "libgomp.so.1", packed + "libdnnl.so.3");
  }
}
