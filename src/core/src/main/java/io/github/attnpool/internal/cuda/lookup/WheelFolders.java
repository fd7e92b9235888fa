package io.github.attnpool.internal.cuda.lookup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The folders in which Python wheels keep CUDA's libraries. */
final class WheelFolders {
  private static final List<String> PYTHONS =
      List.of(
          "usr/local/lib/python3*/site-packages",
          "usr/local/lib/python3*/dist-packages",
          "usr/lib/python3/dist-packages",
          "opt/conda/lib/python3*/site-packages");

  /** Below site-packages: wheels of CUDA 13 share a folder, those of 12 have one each. */
  private static final List<String> WHEELS =
      List.of(
          "nvidia/cu13/lib", "nvidia/cuda_runtime/lib", "nvidia/cublas/lib", "nvidia/cudnn/lib");

  private WheelFolders() {}

  /**
   * Returns those of environments that are active, of the Python on the path, of the user, and of
   * the system, whether they are there or not.
   */
  static List<Path> of(UnaryOperator<String> environment, Path root) {
    List<Path> packages = new ArrayList<>();
    for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
      FolderPattern.absolute(environment.apply(variable)).ifPresent(p -> addPackages(p, packages));
    }
    prefixOnPath(environment.apply("PATH")).ifPresent(p -> addPackages(p, packages));
    FolderPattern.absolute(environment.apply("HOME"))
        .map(home -> FolderPattern.expand(home, ".local/lib/python3*/site-packages"))
        .ifPresent(packages::addAll);
    PYTHONS.forEach(python -> packages.addAll(FolderPattern.expand(root, python)));
    return packages.stream().flatMap(folder -> below(folder).stream()).toList();
  }

  /** Returns the folders of wheels below one with packages. */
  static List<Path> below(Path packages) {
    return WHEELS.stream().map(packages::resolve).toList();
  }

  private static void addPackages(Path prefix, List<Path> packages) {
    packages.addAll(FolderPattern.expand(prefix, "lib/python3*/site-packages"));
  }

  /**
   * Returns where the Python that is run by its name is installed. In a virtual environment its
   * file is a link to somewhere else, but the packages are where the link is.
   */
  private static Optional<Path> prefixOnPath(String path) {
    return FolderPattern.list(path).stream()
        .filter(bin -> Files.isExecutable(bin.resolve("python3")))
        .findFirst()
        .map(bin -> bin.normalize().getParent());
  }
}
