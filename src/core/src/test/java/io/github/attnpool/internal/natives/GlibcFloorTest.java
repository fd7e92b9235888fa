package io.github.attnpool.internal.natives;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attnpool.forked.ForkedJvm;
import io.github.attnpool.forked.ForkedJvm.Outcome;
import io.github.attnpool.internal.natives.ElfVersions.Need;
import java.io.IOException;
import java.io.InputStream;
import java.lang.Runtime.Version;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The oldest glibc and libstdc++ that the packed libraries run on are those that are stated. */
class GlibcFloorTest {
  @TempDir Path temporary;

  @BeforeEach
  void onlyOnLinux() {
    assumeTrue(Platform.name().startsWith("linux-"), "another platform than Linux");
  }

  @Test
  void oneDnnAndOpenMpNeedTheStatedGlibc() throws IOException {
    Version oneDnn = newest("GLIBC", bytes(NativeResources.ONEDNN));
    Version openMp = newest("GLIBC", bytes(NativeResources.OPENMP));
    Version stated = Version.parse(LinkerHint.ONEDNN_GLIBC);
    assertEquals(stated, oneDnn.compareTo(openMp) > 0 ? oneDnn : openMp);
  }

  @Test
  void ourKernelsNeedNoNewerThanTheStatedGlibc() throws IOException {
    Version needed = newest("GLIBC", bytes(NativeResources.KERNELS));
    assertTrue(
        needed.compareTo(Version.parse(LinkerHint.KERNELS_GLIBC)) <= 0,
        () -> "they need " + needed + ", stated is " + LinkerHint.KERNELS_GLIBC);
  }

  @Test
  void ourKernelsNeedTheCLibraryAlone() throws IOException {
    for (Need need : ElfVersions.neededBy(bytes(NativeResources.KERNELS))) {
      assertTrue(List.of("libc.so.6", "libm.so.6").contains(need.file()), need::toString);
    }
  }

  /** GLIBCXX_3.4.29 came with GCC 11, which the hint names. */
  @Test
  void oneDnnNeedsTheStatedCxxLibrary() throws IOException {
    Version newest = newest("GLIBCXX", bytes(NativeResources.ONEDNN));
    assertTrue(newest.compareTo(Version.parse("3.4.29")) <= 0, newest::toString);
  }

  /**
   * The dynamic linker's own words, for a copy of our kernels that wants a glibc from the future.
   */
  @Test
  void anOlderGlibcIsRecognised() throws IOException {
    byte[] library = bytes(NativeResources.KERNELS);
    Need need =
        ElfVersions.neededBy(library).stream()
            .filter(each -> each.version().matches("GLIBC_2\\.\\d\\d"))
            .findFirst()
            .orElseThrow();
    String future = "GLIBC_2.99";
    ByteBuffer.wrap(library)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(need.hashAt(), ElfVersions.hash(future))
        .put(need.nameAt(), future.getBytes(US_ASCII));
    Path file = Files.write(temporary.resolve("libfuture.so"), library);
    Outcome outcome =
        new ForkedJvm(LoadLibraries.class)
            .arguments("kernels")
            .property(Natives.KERNELS_PROPERTY, file)
            .run();
    assertEquals(1, outcome.status(), outcome::toString);
    assertTrue(outcome.out().contains(future), outcome::out);
    assertTrue(
        outcome
            .out()
            .contains(
                "glibc is too old: use one with glibc "
                    + LinkerHint.ONEDNN_GLIBC
                    + " or newer, or use backend"),
        outcome::out);
  }

  private static Version newest(String family, byte[] library) {
    return ElfVersions.neededBy(library).stream()
        .map(Need::version)
        .filter(version -> version.matches(family + "_[0-9.]+"))
        .map(version -> Version.parse(version.substring(family.length() + 1)))
        .max(Version::compareTo)
        .orElseThrow();
  }

  private static byte[] bytes(String resource) throws IOException {
    try (InputStream in = NativeResources.open(resource)) {
      return in.readAllBytes();
    }
  }
}
