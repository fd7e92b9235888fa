package io.github.attnpool.internal.cuda.lookup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The folders in which the dynamic loader looks for libraries. */
final class LoaderFolders {
  private static final List<String> SYSTEM =
      List.of(
          "lib/x86_64-linux-gnu",
          "usr/lib/x86_64-linux-gnu",
          "lib/aarch64-linux-gnu",
          "usr/lib/aarch64-linux-gnu",
          "usr/lib64",
          "usr/lib");

  private LoaderFolders() {}

  /** Returns them in the loader's order, whether they are there or not. */
  static List<Path> of(UnaryOperator<String> environment, Path root) {
    List<Path> all = new ArrayList<>(FolderPattern.list(environment.apply("LD_LIBRARY_PATH")));
    addConfigured(root.resolve("etc/ld.so.conf"), root, all);
    for (Path file : FolderPattern.expand(root, "etc/ld.so.conf.d/*.conf")) {
      addConfigured(file, root, all);
    }
    SYSTEM.forEach(folder -> all.add(root.resolve(folder)));
    return all;
  }

  /** Adds the folders that a file of the loader's configuration lists. */
  private static void addConfigured(Path file, Path root, List<Path> all) {
    try {
      if (Files.isRegularFile(file)) {
        for (String line : Files.readAllLines(file)) {
          if (line.startsWith("/")) {
            all.add(root.resolve(line.strip().substring(1)));
          }
        }
      }
    } catch (IOException | InvalidPathException _) {
      // What cannot be read adds nothing.
    }
  }
}
