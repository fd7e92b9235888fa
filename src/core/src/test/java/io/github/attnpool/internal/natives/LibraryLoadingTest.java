package io.github.attnpool.internal.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attnpool.forked.ForkedJvm;
import io.github.attnpool.forked.ForkedJvm.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where libraries are loaded from, and what is said when that fails; each in a JVM of its own. */
class LibraryLoadingTest {
  @TempDir Path temporary;

  @Test
  void overrideIsTakenAndNothingIsUnpacked() throws IOException {
    Path file = NativeResources.copy(NativeResources.KERNELS, temporary);
    Outcome outcome = kernels().property(Natives.KERNELS_PROPERTY, file).run();
    assertEquals(file.toString(), outcome.good());
    assertFalse(Files.exists(cache()));
  }

  @ParameterizedTest
  @ValueSource(strings = {Natives.KERNELS_PROPERTY, Natives.ONEDNN_PROPERTY})
  void missingOverrideIsFatal(String property) {
    Path file = temporary.resolve("nowhere.so");
    String said = failure(all().property(property, file));
    assertTrue(said.contains("-D" + property + "=" + file + " (there is no such file)"), said);
    assertOnlyThisWasTried(said);
  }

  @ParameterizedTest
  @ValueSource(strings = {Natives.KERNELS_PROPERTY, Natives.ONEDNN_PROPERTY})
  void overrideThatIsNoLibraryIsFatal(String property) throws IOException {
    Path file = Files.writeString(temporary.resolve("text.so"), "not a library, but some text");
    String said = failure(all().property(property, file));
    assertTrue(said.contains("-D" + property + "=" + file + " ("), said);
    assertOnlyThisWasTried(said);
  }

  /** A sound library, but not the one that is wanted: its functions are not there. */
  @Test
  void overrideByAnotherLibraryIsFatal() throws IOException {
    Path openMp = NativeResources.copy(NativeResources.OPENMP, temporary);
    for (String property : new String[] {Natives.KERNELS_PROPERTY, Natives.ONEDNN_PROPERTY}) {
      String said = failure(all().property(property, openMp));
      assertTrue(said.startsWith("load library: " + openMp + " is not "), said);
    }
  }

  @Test
  void overridesOfBothLibrariesWork() throws IOException {
    Path kernels = NativeResources.copy(NativeResources.KERNELS, temporary);
    Path oneDnn = NativeResources.copy(NativeResources.ONEDNN, temporary);
    NativeResources.copy(NativeResources.OPENMP, temporary); // which oneDNN finds beside itself
    Outcome outcome =
        all()
            .property(Natives.KERNELS_PROPERTY, kernels)
            .property(Natives.ONEDNN_PROPERTY, oneDnn)
            .run();
    assertEquals(kernels + "\n" + oneDnn, outcome.good());
    assertFalse(Files.exists(cache()));
  }

  @Test
  void aFailureIsToldAgainTheNextTime() {
    Outcome outcome =
        jvm("again").property(Natives.KERNELS_PROPERTY, temporary.resolve("nowhere.so")).run();
    List<String> lines = outcome.good().lines().toList();
    assertEquals(2, lines.size(), outcome.out());
    assertEquals(lines.get(0), lines.get(1));
  }

  @Test
  void packedCopyGoesToTheCacheFolderOfTheProperty() throws IOException {
    PackagedLibrary library = NativeResources.packaged(NativeResources.KERNELS);
    Path expected = cache().resolve(library.key()).resolve("libattnpool.so");
    assertEquals(expected.toString(), kernels().run().good());
    try (InputStream unpacked = Files.newInputStream(expected)) {
      assertEquals(library.digest(), Digest.of(unpacked));
    }
  }

  @Test
  void orToXdgCacheHomeOrToTheHomeFolder() throws IOException {
    String rest =
        "attnpool/" + NativeResources.packaged(NativeResources.KERNELS).key() + "/libattnpool.so";
    ForkedJvm xdg =
        new ForkedJvm(LoadLibraries.class)
            .arguments("kernels")
            .environment("XDG_CACHE_HOME", temporary);
    assertEquals(temporary.resolve(rest).toString(), xdg.run().good());
    ForkedJvm home =
        new ForkedJvm(LoadLibraries.class)
            .arguments("kernels")
            .environment("XDG_CACHE_HOME", "")
            .property("user.home", temporary);
    assertEquals(temporary.resolve(".cache").resolve(rest).toString(), home.run().good());
  }

  @Test
  void damagedCopyIsReplacedBeforeItIsLoaded() throws IOException {
    Path file = Path.of(kernels().run().good());
    byte[] good = Files.readAllBytes(file);
    byte[] flipped = good.clone();
    flipped[flipped.length / 2] ^= 0x40;
    for (byte[] damaged : new byte[][] {flipped, Arrays.copyOf(good, 1000), new byte[0]}) {
      Files.write(file, damaged);
      assertEquals(file.toString(), kernels().run().good());
      assertEquals(-1, Arrays.mismatch(good, Files.readAllBytes(file)));
    }
  }

  @Test
  void folderThatCannotBeWrittenIsNamedWithTheProperty() throws IOException {
    Path notAFolder = Files.writeString(temporary.resolve("file"), "");
    String said =
        failure(
            new ForkedJvm(LoadLibraries.class)
                .arguments("kernels")
                .property(CacheFolder.PROPERTY, notAFolder.resolve("cache")));
    assertTrue(said.contains("unpacking to " + notAFolder.resolve("cache") + " ("), said);
    assertTrue(said.contains("set -Dattnpool.cache=DIR to a folder that can be written"), said);
  }

  @Test
  void noexecFolderIsNamedWithTheProperty() throws Exception {
    Path mount = Files.createDirectory(temporary.resolve("noexec"));
    String[] unshare = {"unshare", "--user", "--map-root-user", "--mount"};
    String mounted = "mount -t tmpfs -o noexec tmpfs " + mount + " && exec \"$@\"";
    assumeTrue(
        succeeds(unshare[0], unshare[1], unshare[2], unshare[3], "sh", "-c", mounted, "-", "true"),
        "no noexec file system can be mounted here");
    String said =
        failure(
            new ForkedJvm(LoadLibraries.class)
                .prefix(unshare)
                .prefix("sh", "-c", mounted, "-")
                .arguments("kernels")
                .property(CacheFolder.PROPERTY, mount));
    assertTrue(said.contains("the folder may be mounted noexec: set -Dattnpool.cache=DIR"), said);
  }

  @Test
  void missingJarIsNamedWithPlatformAndProperty() {
    // A platform for which no jar is there.
    String said = failure(kernels().property("os.arch", "s390x"));
    assertTrue(
        said.contains("resource io/github/attnpool/native/linux-s390x/libattnpool.so"), said);
    assertTrue(said.contains("is there one for linux-s390x?"), said);
    assertTrue(said.contains("-Dattnpool.kernels.library=FILE"), said);
  }

  /** As on a platform for which no jar is there. */
  @Test
  void withoutNativeLibrariesTheJvmBackendServes() {
    assertEquals("jvm 3.0", jvm("pool").property("os.arch", "s390x").run().good());
  }

  @Test
  void aBackendAskedForByNameSaysWhyItIsNotThere() {
    Path file = temporary.resolve("nowhere.so");
    String said = failure(jvm("onednn").property(Natives.KERNELS_PROPERTY, file));
    assertTrue(said.startsWith("choose backend: 'onednn' cannot be used here: "), said);
    assertTrue(said.contains(file + " (there is no such file)"), said);
  }

  @Test
  void deniedNativeAccessTellsTheFlag() {
    String said = failure(kernels().withoutNativeAccess());
    String module =
        LoadLibraries.class.getModule().isNamed() ? "io.github.attnpool.bindings" : "ALL-UNNAMED";
    assertTrue(said.contains("start java with --enable-native-access=" + module), said);
  }

  private void assertOnlyThisWasTried(String said) {
    assertEquals(1, said.split("tried: ", -1)[1].split("; ", -1).length, said);
  }

  private Path cache() {
    return temporary.resolve("cache");
  }

  private ForkedJvm jvm(String what) {
    return new ForkedJvm(LoadLibraries.class)
        .arguments(what)
        .property(CacheFolder.PROPERTY, cache());
  }

  private ForkedJvm kernels() {
    return jvm("kernels");
  }

  private ForkedJvm all() {
    return jvm("all");
  }

  private static String failure(ForkedJvm jvm) {
    Outcome outcome = jvm.run();
    assertEquals(1, outcome.status(), outcome::toString);
    assertEquals(1, outcome.out().lines().count(), outcome::out);
    return outcome.out().strip();
  }

  private static boolean succeeds(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException _) {
      return false; // the command is not there
    }
  }
}
