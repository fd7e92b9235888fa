package io.github.attnpool.internal.cuda.lookup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

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
  private static final List<String> INSTALLS =
      List.of("usr/local/cuda", "usr/local/cuda-1[23]*", "opt/cuda");

  private LibraryFolders() {}

  /** Returns this machine's folders. */
  static List<Path> ofThisMachine() {
    Map<String, String> environment = System.getenv();
    return find(environment::get, Path.of("/"));
  }

  /**
   * Returns the folders of a machine.
   *
   * @param environment of variables, null for those not set
   * @param root of the file system
   */
  static List<Path> find(UnaryOperator<String> environment, Path root) {
    List<Path> all = new ArrayList<>();
    for (String variable : VARIABLES) {
      FolderPattern.absolute(environment.apply(variable)).ifPresent(folder -> add(folder, all));
    }
    all.addAll(LoaderFolders.of(environment, root));
    for (String install : INSTALLS) {
      FolderPattern.expand(root, install).forEach(folder -> add(folder, all));
    }
    all.addAll(WheelFolders.of(environment, root));
    return all.stream().map(Path::normalize).filter(Files::isDirectory).distinct().toList();
  }

  private static void add(Path install, List<Path> all) {
    BELOW_INSTALL.forEach(below -> all.add(install.resolve(below)));
    all.addAll(WheelFolders.below(install));
  }
}
