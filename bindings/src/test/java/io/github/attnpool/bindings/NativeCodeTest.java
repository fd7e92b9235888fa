package io.github.attnpool.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCodeTest {
  @Test
  void refusesARelativePath() {
    Path relative = Path.of("lib", "libdnnl.so.3");
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> NativeCode.load(relative));
    assertEquals("library must be an absolute path, was " + relative, e.getMessage());
  }

  @Test
  void reportsAFileThatIsNotThere(@TempDir Path directory) {
    Path missing = directory.resolve("libmissing.so");
    UnsatisfiedLinkError e =
        assertThrows(UnsatisfiedLinkError.class, () -> NativeCode.load(missing));
    assertTrue(e.getMessage().contains(missing.toString()), e::getMessage);
  }

  @Test
  void findsTheFileOfAName() {
    Path file = NativeCode.file("libc.so.6", "strlen").orElseThrow();
    assertTrue(Files.isRegularFile(file), file::toString);
    assertTrue(file.getFileName().toString().startsWith("libc"), file::toString);
    assertEquals(Optional.empty(), NativeCode.file("libc.so.6", "attnpool_no_function"));
    assertEquals(Optional.empty(), NativeCode.file("libmissing.so.1", "strlen"));
    assertFalse(NativeCode.has("attnpool_no_function"));
  }
}
