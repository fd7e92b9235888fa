package io.github.attnpool.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.ElementType;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
  @TempDir private Path folder;

  @Test
  void showsTensorsMetadataAndLayout() {
    Path file = folder.resolve("model.safetensors");
    SafetensorsWriter.write(
        file,
        List.of(
            Tensor.of("a.weight", new float[4], 1, 4),
            SampleFiles.bytes("flag", ElementType.BOOL, new byte[1])),
        Map.of("note", "two\nlines"));
    Cli cli = Cli.run("inspect", file.toString());
    assertEquals(
        List.of(
            "a.weight  F32   [1, 4]",
            "flag      BOOL  []",
            "metadata note = two lines",
            "layout: seed"),
        cli.out().lines().toList());
    assertEquals(ExitStatus.GOOD, cli.status());
    assertEquals(
        "{\"tensors\":{\"a.weight\":{\"type\":\"F32\",\"shape\":[1,4]},"
            + "\"flag\":{\"type\":\"BOOL\",\"shape\":[]}},"
            + "\"metadata\":{\"note\":\"two\\nlines\"},\"layout\":\"seed\",\"prefix\":\"\"}",
        Cli.run("inspect", "--json", file.toString()).out().strip());
  }

  @Test
  void namesThePrefixBelowWhichALayoutFits() {
    SampleFiles files = new SampleFiles(folder);
    Path file = files.weights("model.pool.", 1, 0);
    assertEquals(
        "layout: seed, with --prefix model.pool.", last(Cli.run("inspect", file.toString())));
  }

  @Test
  void saysThatNoLayoutFits() {
    Path file = new SampleFiles(folder).write("x.safetensors", SampleFiles.random("x", 1, 2));
    Cli cli = Cli.run("inspect", file.toString());
    assertEquals("layout: none that is known", last(cli));
    assertEquals(ExitStatus.GOOD, cli.status());
  }

  @Test
  void showsTheArrayOfAnNpyFile() throws IOException {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }\n";
    byte[] bytes =
        ("\223NUMPY\1\0" + (char) header.length() + "\0" + header + "\0".repeat(8))
            .getBytes(ISO_8859_1);
    Path file = Files.write(folder.resolve("x.npy"), bytes);
    Cli cli = Cli.run("inspect", file.toString());
    assertEquals(
        List.of("x  F32   [1, 2]", "layout: none that is known"), cli.out().lines().toList());
  }

  private static String last(Cli cli) {
    return cli.out().lines().toList().getLast();
  }
}
