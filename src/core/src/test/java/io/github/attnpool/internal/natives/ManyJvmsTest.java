package io.github.attnpool.internal.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.forked.ForkedJvm;
import io.github.attnpool.forked.ForkedJvm.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JVMs that start at once with an empty cache: all succeed, and leave whole files alone. */
class ManyJvmsTest {
  @TempDir Path cache;

  @Test
  void twentyLoadTheKernels() throws IOException {
    start(20, "kernels");
    assertEquals(expected(NativeResources.KERNELS), files());
  }

  @Test
  void fourLoadEverything() throws IOException {
    start(4, "all");
    assertEquals(
        expected(NativeResources.KERNELS, NativeResources.OPENMP, NativeResources.ONEDNN), files());
  }

  private void start(int count, String what) {
    IntStream.range(0, count)
        .mapToObj(
            _ ->
                new ForkedJvm(LoadLibraries.class)
                    .arguments(what)
                    .property(LibraryCache.PROPERTY, cache)
                    .start())
        .toList()
        .stream()
        .map(Running::await)
        .forEach(outcome -> outcome.good());
  }

  /** Path and size of each file there must be, the locks left out. */
  private static Set<String> expected(String... resources) throws IOException {
    Set<String> expected = new TreeSet<>();
    for (String resource : resources) {
      PackagedLibrary library = NativeResources.packaged(resource);
      expected.add(library.key() + "/" + library.fileName() + " " + library.size());
    }
    return expected;
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().equals(".lock"))
          .map(file -> cache.relativize(file) + " " + file.toFile().length())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
