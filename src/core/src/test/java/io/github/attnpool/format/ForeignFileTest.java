package io.github.attnpool.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of other formats given where safetensors are wanted. */
class ForeignFileTest {
  @TempDir private Path folder;

  @Test
  void pyTorchFileIsToBeConverted() throws IOException {
    for (String entry : new String[] {"archive/data.pkl", "my".repeat(300) + "/data.pkl"}) {
      String said = refusal(zip(entry));
      assertTrue(said.contains("it is a PyTorch file (zip), not safetensors; convert it: "), said);
      assertTrue(said.contains("safetensors.torch"), said);
    }
  }

  @Test
  void otherZipArchivesAreNamed() throws IOException {
    assertTrue(refusal(zip("W.npy")).contains("it is a NumPy .npz archive (zip), not safetensors"));
    assertTrue(refusal(zip("config.json")).endsWith("it is a zip archive, not safetensors"));
    assertTrue(refusal("PK\3\4 cut").endsWith("it is a zip archive, not safetensors"));
  }

  @Test
  void pickleNpyAndHdf5AreNamed() throws IOException {
    assertTrue(refusal("\u0080\2}q\0X\1\0\0\0Wq\1").contains("it is a Python pickle, "));
    assertTrue(refusal("\u0080\5\u0095\27\0\0\0\0\0\0\0}").contains("it is a Python pickle, "));
    assertTrue(refusal("\u0093NUMPY\1\0v\0{").endsWith("a NumPy .npy file, not safetensors"));
    assertTrue(refusal("\u0089HDF\r\n\32\n\0\0").contains("an HDF5 file, as Keras writes it, "));
  }

  /** A header of 0x280 bytes begins as a pickle does. */
  @Test
  void safetensorsAreNotTakenForAPickle() throws IOException {
    String header = "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
    String file = "\u0080\2\0\0\0\0\0\0" + header + " ".repeat(0x280 - header.length());
    Path path = write(file + "\0\0\0\0");
    try (SafetensorsFile good = SafetensorsFile.open(path)) {
      assertEquals(1, good.tensors().size());
    }
    String cut = refusal(file.substring(0, 60));
    assertFalse(cut.contains("pickle"), cut);
    assertTrue(cut.contains("the header's length is given as 640 bytes"), cut);
  }

  @Test
  void anythingElseIsAskedAbout() throws IOException {
    assertTrue(refusal("What is this file?").endsWith("is it a safetensors file?"));
  }

  private static String zip(String entry) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(entry));
      zip.write(1);
    }
    return bytes.toString(ISO_8859_1);
  }

  private String refusal(String bytes) throws IOException {
    Path path = write(bytes);
    String said =
        assertThrows(AttnPoolException.class, () -> SafetensorsFile.open(path)).getMessage();
    assertTrue(said.startsWith("read " + path + ": "), said);
    return said;
  }

  private Path write(String bytes) throws IOException {
    return Files.write(folder.resolve("model"), bytes.getBytes(ISO_8859_1));
  }
}
