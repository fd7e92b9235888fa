package io.github.attnpool.internal.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.forked.ForkedJvm;
import io.github.attnpool.forked.ForkedJvm.Running;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
                    .property(CacheFolder.PROPERTY, cache)
                    .start())
        .toList()
        .stream()
        .map(Running::await)
        .forEach(outcome -> outcome.good());
  }

  /** Path and digest of each file there must be, the locks and notes left out. */
  private static Set<String> expected(String... resources) throws IOException {
    Set<String> expected = new TreeSet<>();
    for (String resource : resources) {
      PackagedLibrary library = NativeResources.packaged(resource);
      expected.add(library.key() + "/" + library.fileName() + " " + library.digest().hex());
    }
    return expected;
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.toString().matches(".*\\.(lock|checked)"))
          .map(file -> cache.relativize(file) + " " + digest(file))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static String digest(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Digest.of(in).hex();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
