package io.github.attnpool.internal.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.forked.ForkedJvm;
import io.github.attnpool.forked.ForkedJvm.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Surroundings in which libraries are loaded all the same, or which are named as the reason. */
class LoadTroubleTest {
  @TempDir Path temporary;

  @Test
  void aLocaleWithOtherDigitsChangesNoName() throws IOException {
    String rest = NativeResources.packaged(NativeResources.KERNELS).key() + "/libattnpool.so";
    ForkedJvm jvm =
        jvm("kernels")
            .environment("LC_ALL", "C")
            .option("-Duser.language=ar")
            .option("-Duser.country=EG")
            .property(CacheFolder.PROPERTY, temporary);
    assertEquals(temporary.resolve(rest).toString(), jvm.run().good());
  }

  @Test
  void aCacheThatIsNoPathIsTheReason() {
    String command =
        "XDG_CACHE_HOME=$(printf '/caf\\303\\251') && export XDG_CACHE_HOME && exec \"$@\"";
    List<String> lines =
        jvm("choice")
            .prefix("sh", "-c", command, "-")
            .environment("LC_ALL", "C")
            .property("sun.jnu.encoding", "ANSI_X3.4-1968")
            .run()
            .good()
            .lines()
            .toList();
    assertEquals("jvm null", lines.getFirst());
    assertTrue(
        lines.get(1).contains("environment variable XDG_CACHE_HOME names no path: "), lines.get(1));
  }

  @Test
  void anEmptyCacheIsAWrongSetting() {
    Outcome outcome = jvm("choice").property(CacheFolder.PROPERTY, "").run();
    assertEquals(1, outcome.status(), outcome::toString);
    assertTrue(
        outcome.out().contains("-Dattnpool.cache is empty, must name a folder"), outcome::out);
  }

  @Test
  void withoutAHomeAPrivateFolderServes() throws IOException {
    for (String home : new String[] {"?", "", temporary.resolve("nowhere").toString()}) {
      Path file = Path.of(homeless(home).run().good());
      Path folder = file.getParent().getParent();
      assertEquals(temporary, folder.getParent());
      assertTrue(folder.getFileName().toString().matches("attnpool-\\d+"), folder::toString);
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
    }
    assertFalse(Files.exists(temporary.resolve("nowhere")));
  }

  @Test
  void aFolderThatOthersCanUseDoesNot() throws IOException {
    Path folder = Path.of(homeless("?").run().good()).getParent().getParent();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    Outcome outcome = homeless("?").run();
    assertEquals(1, outcome.status(), outcome::toString);
    assertTrue(
        outcome.out().contains(folder + " is not a folder that this user alone can use; set -D"),
        outcome::out);
  }

  private ForkedJvm homeless(String home) {
    return jvm("kernels")
        .environment("XDG_CACHE_HOME", "")
        .property("user.home", home)
        .property("java.io.tmpdir", temporary);
  }

  private static ForkedJvm jvm(String what) {
    return new ForkedJvm(LoadLibraries.class)
        .arguments(what)
        .property("attnpool.cuda.cudart.library", "none");
  }
}
