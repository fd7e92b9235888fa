package io.github.attnpool.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.cli.Main;
import io.github.attnpool.cli.spi.ExitStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTest {
  @TempDir private Path folder;

  @Test
  void namesAFolderThatIsNotThere() {
    Path absent = folder.resolve("absent");
    StringWriter err = new StringWriter();
    int status = run(err, absent);
    assertEquals(ExitStatus.FAILED, status);
    assertEquals("attnpool: read " + absent + ": there is no such folder", err.toString().strip());
  }

  @Test
  void namesTheFirstEmailThatTheFolderLacks() {
    StringWriter err = new StringWriter();
    assertEquals(ExitStatus.FAILED, run(err, folder));
    assertTrue(err.toString().contains(".txt: there is no such file"), err.toString());
  }

  private static int run(StringWriter err, Path corpus) {
    return Main.run(
        new PrintWriter(new StringWriter()),
        new PrintWriter(err),
        "evaluate",
        "--backend",
        "jvm",
        corpus.toString());
  }
}
