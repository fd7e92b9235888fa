package io.github.attnpool.internal.cuda.lookup;

import io.github.attnpool.bindings.NativeCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds and loads CUDA's libraries: the file that a property names, and nothing else if it is set;
 * otherwise the first file of the right name, in the folders of {@link LibraryFolders}, that loads.
 * Keeps the outcome for reports. Never throws.
 */
final class SystemLibraries {
  private final List<Path> folders;
  private final Map<CudaLibrary, List<String>> failures = new EnumMap<>(CudaLibrary.class);
  private final Map<CudaLibrary, Path> loaded = new EnumMap<>(CudaLibrary.class);

  SystemLibraries(List<Path> folders) {
    this.folders = folders;
  }

  /** Returns whether a library is loaded. */
  boolean isLoaded(CudaLibrary library) {
    return loaded.containsKey(library);
  }

  /** Returns whether a property names the file. */
  static boolean isChosen(CudaLibrary library) {
    return System.getProperty(library.property()) != null;
  }

  /** Returns whether a file that a property names could not be loaded. */
  boolean namedFileFailed() {
    return failures.keySet().stream().anyMatch(SystemLibraries::isChosen);
  }

  /** Loads a library; returns whether that worked. */
  boolean load(CudaLibrary library, int cuda) {
    String chosen = System.getProperty(library.property());
    if (chosen != null) {
      String what = "-D" + library.property() + "=" + chosen;
      try {
        Path file = Path.of(chosen).toAbsolutePath();
        return Files.isRegularFile(file)
            ? load(library, file, what)
            : failed(library, what, "there is no such file");
      } catch (InvalidPathException e) {
        return failed(library, what, e.getMessage());
      }
    }
    for (Path file : files(library, cuda)) {
      if (load(library, file, file.toString())) {
        return true;
      }
    }
    return false;
  }

  private boolean load(CudaLibrary library, Path file, String what) {
    try {
      List<Path> parts = new ArrayList<>();
      for (String part : library.parts(file.getFileName().toString())) {
        Optional<Path> beside = beside(file, part);
        if (beside.isEmpty()) {
          return failed(library, what, "there is no " + part + " beside it");
        }
        parts.add(beside.get());
      }
      parts.forEach(NativeCode::load);
      NativeCode.load(file);
      loaded.put(library, file);
      return true;
    } catch (UnsatisfiedLinkError e) {
      return failed(library, what, String.valueOf(e.getMessage()));
    } catch (IllegalCallerException _) {
      return failed(library, what, "native access is denied; see --enable-native-access");
    }
  }

  /** Finds a file of another name in the same folder, or in that of a link's target. */
  private static Optional<Path> beside(Path file, String name) {
    List<Path> files = new ArrayList<>(List.of(file));
    try {
      files.add(file.toRealPath());
    } catch (IOException _) {
      // Then there is only one folder.
    }
    return files.stream().map(f -> f.resolveSibling(name)).filter(Files::isRegularFile).findFirst();
  }

  private boolean failed(CudaLibrary library, String what, String why) {
    failures
        .computeIfAbsent(library, _ -> new ArrayList<>())
        .add(what + " (" + why.replace('\n', ' ') + ")");
    return false;
  }

  private List<Path> files(CudaLibrary library, int cuda) {
    List<Path> files = new ArrayList<>();
    for (Path folder : folders) {
      Path file = folder.resolve(library.fileName(cuda));
      if (Files.isRegularFile(file)) {
        files.add(file);
      }
    }
    return files;
  }

  /** Returns the outcome, in one line. */
  String report(CudaLibrary library, int... versions) {
    Path file = loaded.get(library);
    if (file != null) {
      return file.toString();
    }
    if (failures.containsKey(library)) {
      return "could not be loaded; tried: " + String.join("; ", failures.get(library));
    }
    if (isChosen(library)) {
      return "named by -D%s, not loaded yet: %s"
          .formatted(library.property(), System.getProperty(library.property()));
    }
    List<String> names = new ArrayList<>();
    for (int cuda : versions) {
      List<Path> there = files(library, cuda);
      if (!there.isEmpty()) {
        return "found, not loaded yet: " + there.getFirst() + lacks(library, there.getFirst());
      }
      if (!names.contains(library.fileName(cuda))) {
        names.add(library.fileName(cuda));
      }
    }
    return "not found; looked for %s in %d folders"
        .formatted(String.join(" and ", names), folders.size());
  }

  private static String lacks(CudaLibrary library, Path file) {
    List<String> missing =
        library.parts(file.getFileName().toString()).stream()
            .filter(part -> beside(file, part).isEmpty())
            .toList();
    return missing.isEmpty() ? "" : ", without " + String.join(" and ", missing);
  }

  /** Returns the folders that are searched, in one line. */
  String searched() {
    return folders.isEmpty()
        ? "no folder that is usual for libraries is there"
        : String.join(":", folders.stream().map(Path::toString).toList());
  }
}
