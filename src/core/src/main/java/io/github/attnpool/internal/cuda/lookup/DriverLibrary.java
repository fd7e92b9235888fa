package io.github.attnpool.internal.cuda.lookup;

import io.github.attnpool.bindings.NativeCode;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The driver's library. The CUDA runtime takes the one that the dynamic loader finds by its name,
 * so this does the same: a second one in the process would not be the one that the runtime uses.
 */
final class DriverLibrary {
  private static final String NAME = "libcuda.so.1";
  private static final String FUNCTION = "cuCtxGetCurrent";

  private String report = "not looked for";

  /** Loads it, unless its functions are loaded already; returns whether they are. Never throws. */
  boolean load() {
    if (NativeCode.has(FUNCTION)) {
      if (report.startsWith("not")) {
        report = "part of another library that was loaded";
      }
      return true;
    }
    try {
      Optional<Path> file = NativeCode.file(NAME, FUNCTION);
      file.ifPresent(NativeCode::load);
      report = file.map(Path::toString).orElse("not found by the dynamic loader as " + NAME);
      return file.isPresent();
    } catch (UnsatisfiedLinkError e) {
      report = "not loaded: " + e.getMessage();
    } catch (IllegalCallerException _) {
      report = "not loaded: native access is denied; see --enable-native-access";
    }
    return false;
  }

  /** Returns where it is, or why it is not there. */
  String report() {
    return report;
  }
}
