package io.github.attnpool.internal.cuda.lookup;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The folders in which CUDA's libraries are looked for, in this order: those that environment
 * variables name, the dynamic loader's, the usual install folders, and those of Python wheels. Only
 * folders that are there count.
 */
final class LibraryFolders {
  /** Variables that name an install folder of CUDA, or a folder with its libraries or wheels. */
  static final List<String> VARIABLES = List.of("ATTNPOOL_CUDA_PATH", "CUDA_HOME", "CUDA_PATH");

  private static final List<String> BELOW_INSTALL =
      List.of("", "lib64", "lib", "targets/x86_64-linux/lib", "targets/sbsa-linux/lib");
  private static final List<String> SYSTEM =
      List.of(
          "lib/x86_64-linux-gnu",
          "usr/lib/x86_64-linux-gnu",
          "lib/aarch64-linux-gnu",
          "usr/lib/aarch64-linux-gnu",
          "usr/lib64",
          "usr/lib");
  private static final List<String> INSTALLS =
      List.of("usr/local/cuda", "usr/local/cuda-1[23]*", "opt/cuda");
  private static final List<String> PYTHONS =
      List.of(
          "usr/local/lib/python3*/site-packages",
          "usr/local/lib/python3*/dist-packages",
          "usr/lib/python3/dist-packages",
          "opt/conda/lib/python3*/site-packages");

  /** Where in site-packages wheels put libraries: of CUDA 13 in one folder, of 12 one for each. */
  private static final List<String> WHEELS =
      List.of(
          "nvidia/cu13/lib", "nvidia/cuda_runtime/lib", "nvidia/cublas/lib", "nvidia/cudnn/lib");

  private final Path root;
  private final Set<Path> found = new LinkedHashSet<>();

  private LibraryFolders(Path root) {
    this.root = root;
  }

  /**
   * Looks around.
   *
   * @param environment of variables, null for those not set
   * @param root of the file system
   */
  static List<Path> find(Function<String, String> environment, Path root) {
    LibraryFolders folders = new LibraryFolders(root);
    for (String variable : VARIABLES) {
      folders.addInstall(environment.apply(variable));
    }
    folders.addLoaderPath(environment);
    for (String install : INSTALLS) {
      folders.expand(root, install).forEach(folder -> folders.addInstall(folder.toString()));
    }
    folders.addPythons(environment);
    return List.copyOf(folders.found);
  }

  /** This machine's. */
  static List<Path> ofThisMachine() {
    Map<String, String> environment = System.getenv();
    return find(environment::get, Path.of("/"));
  }

  private void addInstall(String folder) {
    Path install = path(folder);
    if (install == null) {
      return;
    }
    for (String below : BELOW_INSTALL) {
      add(install.resolve(below));
    }
    addWheels(List.of(install));
  }

  private void addLoaderPath(Function<String, String> environment) {
    String path = environment.apply("LD_LIBRARY_PATH");
    if (path != null) {
      for (String folder : path.split(":", -1)) {
        Path named = path(folder);
        if (named != null) {
          add(named);
        }
      }
    }
    addConfigured(root.resolve("etc/ld.so.conf"));
    expand(root, "etc/ld.so.conf.d/*.conf").forEach(this::addConfigured);
    for (String folder : SYSTEM) {
      add(root.resolve(folder));
    }
  }

  /** Folders that a file of the dynamic loader's configuration lists. */
  private void addConfigured(Path file) {
    try {
      if (Files.isRegularFile(file)) {
        for (String line : Files.readAllLines(file)) {
          if (line.startsWith("/")) {
            add(root.resolve(line.strip().substring(1)));
          }
        }
      }
    } catch (IOException | InvalidPathException _) {
      // What cannot be read adds nothing.
    }
  }

  private void addPythons(Function<String, String> environment) {
    for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
      addPackages(path(environment.apply(variable)));
    }
    addPackages(prefixOnPath(environment.apply("PATH")));
    Path home = path(environment.apply("HOME"));
    if (home != null) {
      addWheels(expand(home, ".local/lib/python3*/site-packages"));
    }
    for (String python : PYTHONS) {
      addWheels(expand(root, python));
    }
  }

  private void addPackages(Path prefix) {
    if (prefix != null) {
      addWheels(expand(prefix, "lib/python3*/site-packages"));
    }
  }

  /**
   * Where the Python that is run by its name is installed; null without one. In a virtual
   * environment its file is a link to somewhere else, but the packages are where the link is.
   */
  private static Path prefixOnPath(String path) {
    for (String folder : path == null ? new String[0] : path.split(":", -1)) {
      Path bin = path(folder);
      if (bin != null && Files.isExecutable(bin.resolve("python3"))) {
        return bin.normalize().getParent();
      }
    }
    return null;
  }

  private void addWheels(Collection<Path> sitePackages) {
    for (Path packages : sitePackages) {
      for (String wheel : WHEELS) {
        add(packages.resolve(wheel));
      }
    }
  }

  /** The folders or files that a pattern, with stars in at most one of its names, stands for. */
  private List<Path> expand(Path base, String pattern) {
    int star = pattern.indexOf('*');
    if (star < 0) {
      return List.of(base.resolve(pattern));
    }
    int start = pattern.lastIndexOf('/', star) + 1;
    int end = pattern.indexOf('/', star);
    String name = pattern.substring(start, end < 0 ? pattern.length() : end);
    List<Path> all = new ArrayList<>();
    Path folder = base.resolve(pattern.substring(0, start));
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> matches = Files.newDirectoryStream(folder, name)) {
        for (Path match : matches) {
          all.add(end < 0 ? match : match.resolve(pattern.substring(end + 1)));
        }
      } catch (IOException | DirectoryIteratorException _) {
        return List.of();
      }
    }
    all.sort(Comparator.reverseOrder()); // newer versions first
    return all;
  }

  private static Path path(String folder) {
    if (folder == null || folder.isEmpty()) {
      return null;
    }
    try {
      Path path = Path.of(folder);
      return path.isAbsolute() ? path : null;
    } catch (InvalidPathException _) {
      return null;
    }
  }

  private void add(Path folder) {
    Path clean = folder.normalize();
    if (Files.isDirectory(clean)) {
      found.add(clean);
    }
  }
}
