package io.github.attnpool.internal.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.forked.ForkedJvm;
import io.github.attnpool.forked.ForkedJvm.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * When auto takes backend jvm for want of native libraries: never silently, never over a setting.
 */
class FallbackTest {
  private static final String STOPS =
      "choose backend: a setting of backend 'onednn' is wrong, so auto takes no other: ";

  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(strings = {Natives.KERNELS_PROPERTY, Natives.ONEDNN_PROPERTY})
  void autoStopsAtAFileThatIsNotThere(String property) {
    Path file = temporary.resolve("nowhere.so");
    String said = stops(choice().property(property, file));
    assertTrue(said.contains("-D" + property + "=" + file + " (there is no such file)"), said);
  }

  @ParameterizedTest
  @ValueSource(strings = {Natives.KERNELS_PROPERTY, Natives.ONEDNN_PROPERTY})
  void orThatIsNoLibraryOrAnother(String property) throws IOException {
    Path text = Files.writeString(temporary.resolve("text.so"), "not a library, but some text");
    String said = stops(choice().property(property, text));
    assertTrue(said.contains("-D" + property + "=" + text + " ("), said);
    Path openMp = NativeResources.copy(NativeResources.OPENMP, temporary);
    said = stops(choice().property(property, openMp));
    assertTrue(said.startsWith(STOPS + openMp + " is not "), said);
  }

  @Test
  void orAtACacheThatCannotBeWritten() throws IOException {
    Path cache = Files.writeString(temporary.resolve("file"), "").resolve("cache");
    String said = stops(choice().property(CacheFolder.PROPERTY, cache));
    assertTrue(said.contains("unpacking to " + cache), said);
  }

  @Test
  void whereNothingIsNamedItGoesOnAndSaysWhy() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "");
    List<String> lines = lines(jvm().environment("XDG_CACHE_HOME", file));
    assertEquals("jvm null", lines.get(0));
    assertEquals(2, lines.size(), lines::toString);
    String notice = lines.get(1);
    assertTrue(notice.startsWith("backend onednn cannot be used: "), notice);
    assertTrue(notice.contains("unpacking to " + file.resolve("attnpool")), notice);
    assertTrue(notice.endsWith("; taking jvm"), notice);
  }

  @Test
  void aMissingJarIsSaidToo() {
    List<String> lines = lines(choice().property("os.arch", "s390x"));
    assertEquals("jvm null", lines.get(0));
    assertTrue(lines.get(1).contains("is there one for linux-s390x?"), lines.get(1));
  }

  @Test
  void nothingIsSaidWhereAllIsWell() {
    assertEquals(1, lines(choice()).size());
  }

  @Test
  void aCapThatIsNoTierIsAWrongSetting() {
    String said = stops(choice().environment(TierCap.VARIABLE, "avx9"));
    assertEquals(
        STOPS
            + "environment variable ATTNPOOL_MAX_TIER is 'avx9', must be one of "
            + String.join(", ", TierCap.tiers(Platform.name())),
        said);
  }

  /** The names that are checked are those the kernels know: each one caps them. */
  @Test
  void everyTierCapsTheKernels() {
    List<String> tiers = TierCap.tiers(Platform.name());
    String detected = used("");
    assertTrue(tiers.contains(detected), detected);
    for (String tier : tiers) {
      boolean lower = tiers.indexOf(tier) < tiers.indexOf(detected);
      assertEquals(lower ? tier : detected, used(tier));
    }
  }

  private String used(String cap) {
    String line = lines(choice().environment(TierCap.VARIABLE, cap)).get(0);
    assertTrue(line.startsWith("onednn "), line);
    return line.substring(line.indexOf(' ') + 1);
  }

  private static String stops(ForkedJvm jvm) {
    Outcome outcome = jvm.run();
    assertEquals(1, outcome.status(), outcome::toString);
    String said = outcome.out().strip();
    assertTrue(said.startsWith(STOPS), said);
    return said;
  }

  private static List<String> lines(ForkedJvm jvm) {
    return jvm.run().good().lines().toList();
  }

  private static ForkedJvm jvm() {
    return new ForkedJvm(LoadLibraries.class)
        .arguments("choice")
        .property("attnpool.cuda.cudart.library", "none");
  }

  private ForkedJvm choice() {
    return jvm().property(CacheFolder.PROPERTY, temporary.resolve("cache"));
  }
}
