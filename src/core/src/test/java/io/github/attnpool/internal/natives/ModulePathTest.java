package io.github.attnpool.internal.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attnpool.forked.ForkedJvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jars of native libraries as modules. */
class ModulePathTest {
  private static final String PLATFORM = Platform.name().replace('-', '.');

  @TempDir Path temporary;

  @BeforeEach
  void needsModulesAndJars() {
    assumeTrue(LoadLibraries.class.getModule().isNamed(), "the tests are in no module");
    assumeTrue(ForkedJvm.nativeJars().size() == 2, "not packed yet: run mvn verify");
  }

  @Test
  void namedModulesAreFound() {
    List<String> lines =
        jvm()
            .option(
                "--add-modules=io.github.attnpool.natives."
                    + PLATFORM
                    + ",io.github.attnpool.onednn."
                    + PLATFORM)
            .run()
            .good()
            .lines()
            .toList();
    assertEquals(1, lines.size(), lines::toString);
    assertTrue(lines.get(0).startsWith("onednn "), lines::toString);
  }

  @Test
  void whatNobodyRequiresIsNamedWithTheOption() {
    List<String> lines = jvm().run().good().lines().toList();
    assertEquals("jvm null", lines.get(0));
    assertTrue(lines.get(1).contains("only with --add-modules ALL-MODULE-PATH"), lines.get(1));
  }

  private ForkedJvm jvm() {
    return new ForkedJvm(LoadLibraries.class)
        .arguments("choice")
        .nativesAsModules()
        .property("attnpool.cuda.cudart.library", "none")
        .property(CacheFolder.PROPERTY, temporary);
  }
}
