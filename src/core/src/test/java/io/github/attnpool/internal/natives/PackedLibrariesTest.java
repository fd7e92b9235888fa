package io.github.attnpool.internal.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attnpool.forked.ForkedJvm;
import io.github.attnpool.forked.ForkedJvm.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar of the own kernels has what module native built, with those for CUDA or without. */
class PackedLibrariesTest {
  private static final String FOLDER = "io/github/attnpool/native/" + Platform.name() + "/";
  private static final String CUDA = "libattnpool_cuda.so";

  @TempDir Path temporary;

  @Test
  void whatWasBuiltIsPacked() throws IOException {
    List<Path> built = built();
    assertTrue(names(built).contains("libattnpool.so"), built::toString);
    for (Path file : built) {
      try (InputStream in = NativeResources.open(FOLDER + file.getFileName())) {
        assertNotNull(in, () -> file + " is in no jar");
        assertArrayEquals(Files.readAllBytes(file), in.readAllBytes(), file::toString);
      }
    }
  }

  @Test
  void cudaKernelsLoadWithoutADriverIfTheyWereBuilt() throws IOException {
    Outcome outcome =
        new ForkedJvm(LoadLibraries.class)
            .arguments("cuda")
            .property(CacheFolder.PROPERTY, temporary)
            .run();
    if (names(built()).contains(CUDA)) {
      Path file = Path.of(outcome.good());
      assertEquals(CUDA, file.getFileName().toString());
      assertTrue(file.startsWith(temporary), file::toString);
      assertEquals("packed for " + Platform.name(), Natives.cudaKernelsPlace());
    } else {
      assertEquals(1, outcome.status(), outcome::toString);
      assertTrue(outcome.out().contains("resource " + FOLDER + CUDA), outcome::out);
      assertTrue(Natives.cudaKernelsPlace().startsWith("not packed: "), Natives::cudaKernelsPlace);
    }
  }

  /** The files that CMake installed last. */
  private static List<Path> built() throws IOException {
    String build = System.getProperty("attnpool.test.native.build");
    assumeTrue(build != null, "not run by Maven");
    return Files.readAllLines(Path.of(build, "install_manifest.txt")).stream()
        .map(Path::of)
        .toList();
  }

  private static List<String> names(List<Path> files) {
    return files.stream().map(file -> file.getFileName().toString()).toList();
  }
}
