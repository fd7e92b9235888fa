package io.github.attnpool.internal.cuda.lookup;

import io.github.attnpool.internal.natives.LoadAttempts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds and loads CUDA's libraries: the file that a property names, and nothing else if it is set;
 * otherwise the first file of the right name, in the folders of {@link LibraryFolders}, that loads.
 * Keeps the outcome for reports. Never throws.
 */
final class SystemLibraries {
  private final List<Path> folders;
  private final Map<CudaLibrary, LoadAttempts> failures = new EnumMap<>(CudaLibrary.class);
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
    return failures.entrySet().stream()
        .anyMatch(each -> isChosen(each.getKey()) && !each.getValue().isEmpty());
  }

  /** Loads a library; returns whether that worked. */
  boolean load(CudaLibrary library, int cuda) {
    if (isChosen(library)) {
      String property = library.property();
      Optional<Path> file = attempts(library).named(property);
      return file.isPresent() && load(library, file.get(), "-D" + property + "=" + file.get());
    }
    for (Path file : files(library, cuda)) {
      if (load(library, file, file.toString())) {
        return true;
      }
    }
    return false;
  }

  private boolean load(CudaLibrary library, Path file, String what) {
    LoadAttempts attempts = attempts(library);
    List<Path> all = new ArrayList<>();
    for (String part : library.parts(file.getFileName().toString())) {
      Optional<Path> beside = beside(file, part);
      if (beside.isEmpty()) {
        attempts.failed(what, "there is no " + part + " beside it");
        return false;
      }
      all.add(beside.get());
    }
    all.add(file);
    if (!all.stream().allMatch(each -> attempts.load(each, what))) {
      return false;
    }
    loaded.put(library, file);
    return true;
  }

  private LoadAttempts attempts(CudaLibrary library) {
    return failures.computeIfAbsent(library, _ -> new LoadAttempts());
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
    LoadAttempts attempts = attempts(library);
    if (!attempts.isEmpty()) {
      return attempts.toString();
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
    return String.format(
        Locale.ROOT,
        "not found; looked for %s in %d folders",
        String.join(" and ", names),
        folders.size());
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
