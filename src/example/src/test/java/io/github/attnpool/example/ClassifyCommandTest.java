package io.github.attnpool.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.cli.Main;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifyCommandTest {
  private static final String SPAM = "Subject: FREE!!!\n\nclick here to claim your free money\n";

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void classifiesFilesAndStandardInput() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), SPAM);
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream("qqqzzz".getBytes(StandardCharsets.US_ASCII)));
    try {
      assertEquals(0, run("classify", "--top", "2", file.toString(), "-"), err::toString);
    } finally {
      System.setIn(before);
    }
    List<String> lines = out.toString().lines().toList();
    assertEquals(5, lines.size(), out::toString);
    assertTrue(
        lines.get(0).startsWith("SPAM ") && lines.get(0).endsWith("  " + file), lines.get(0));
    assertTrue(lines.get(3).endsWith("  standard input"), lines.get(3));
    assertEquals("    (it holds no word that the model knows)", lines.get(4));
  }

  @Test
  void printsOneJsonObject() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), SPAM);
    assertEquals(0, run("classify", "--json", "--top=1", "--backend=jvm", file.toString()));
    String json = out.toString();
    assertEquals(1, json.lines().count());
    assertTrue(json.startsWith("{\"backend\":\"jvm\","), json);
    assertTrue(json.contains("\"label\":\"spam\",\"probability\":0.9"), json);
    assertTrue(json.contains("\"top\":[{\"word\":\""), json);
  }

  @Test
  void badTextsFailWithOneLine() throws IOException {
    Path missing = folder.resolve("missing.txt");
    Path blank = Files.writeString(folder.resolve("blank.txt"), " \r\n\t\n");
    Path binary = Files.write(folder.resolve("binary"), new byte[] {'a', 0, 'b'});
    assertFails("attnpool: read " + missing + ": there is no such file", missing.toString());
    assertFails("attnpool: read " + blank + ": is empty, must hold text", blank.toString());
    assertFails(
        "attnpool: read " + binary + ": is not text (there is a zero byte at offset 1)",
        binary.toString());
    assertFails(
        "attnpool: read " + folder + ": is a folder, must be a text file", folder.toString());
  }

  @Test
  void badModelsFailWithOneLine() throws IOException {
    Path text = Files.writeString(folder.resolve("a.txt"), SPAM);
    Path vocabulary = folder.resolve("vocabulary.txt");
    assertFails(
        "attnpool: read " + vocabulary + ": there is no such file",
        "--model=" + folder,
        text.toString());
    Files.writeString(vocabulary, "money\n");
    try (BundledExample example = BundledExample.open()) {
      Files.copy(example.file("model.safetensors"), folder.resolve("model.safetensors"));
    }
    assertFails(
        "attnpool: read "
            + folder.resolve("model.safetensors")
            + ": 'embedding.weight' is F32 [8000, 64], must be [1, 64] for the vocabulary's words"
            + " and the layer",
        "--model=" + folder,
        text.toString());
  }

  @Test
  void wrongUsageIsReported() {
    assertEquals(2, run("classify"));
    assertEquals(2, run("classify", "--top=-1", "a.txt"));
    assertEquals(2, run("classify", "-", "-"));
    assertEquals("", out.toString());
  }

  private void assertFails(String line, String... arguments) {
    err.getBuffer().setLength(0);
    String[] all = new String[arguments.length + 1];
    all[0] = "classify";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    assertEquals(1, run(all));
    assertEquals(line + System.lineSeparator(), err.toString());
    assertEquals("", out.toString());
  }

  private int run(String... arguments) {
    return Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
  }
}
