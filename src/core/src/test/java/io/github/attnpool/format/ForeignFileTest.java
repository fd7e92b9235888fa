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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of other formats are named as what they are. */
class ForeignFileTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "model.safetensors|version https://git-lfs.github.com/spec/v1$oid sha256:4d7a|a Git LFS",
        "model.pt|<!DOCTYPE html>$<html lang=en>|an HTML page",
        "model.bin|$  <HTML><head>|an HTML page",
        "x.npy|<?xml version=`1.0`?><Error><Code>AccessDenied</Code>|XML text",
        "model.pt|PK#03#04#14#00#00|a zip archive without the directory at its end: was the"
            + " download",
        "x.zip|PK#05#06#00#00|a zip archive without entries",
        "x.npy.gz|#1f#8b#08#00|compressed by gzip",
        "x.zst|(#b5/#fd#24|compressed by zstd",
        "model.gguf|GGUF#03#00#00#00|a GGUF file",
        "model.tflite|#1c#00#00#00TFL3#14#00|a TensorFlow Lite model",
        "model.ckpt.data-00000-of-00001|#00#01#02|of a TensorFlow checkpoint: save its variables",
        "model.ckpt.index|#00#00#01#02|of a TensorFlow checkpoint: save its variables",
        "model.ckpt-100.meta|#0a#01#02|of a TensorFlow checkpoint: save its variables",
        "checkpoint|model_checkpoint_path: `model`|of a TensorFlow checkpoint",
        "saved_model.pb|#08#01#12#02|a TensorFlow graph or SavedModel",
        "model.onnx|#08#07|an ONNX model",
        "model|#08#08#12#07pytorch#1a#05|an ONNX model",
        "model.ser|#ac#ed#00#05sr|a serialised Java object",
        "x.mat|MATLAB 5.0 MAT-file, Platform|a MATLAB file",
        "slide.svs|II*#00#10|a TIFF image: extract its features first",
        "x.png|#89PNG#0d$#1a$|an image: extract its features first",
        "x.parquet|PAR1#15|a Parquet table",
        "model.safetensors.index.json|{`weight_map`: {}}|a checkpoint's parts",
        "config.json|  {`hidden`: 1}|JSON text",
        "x.csv|a,b,c$1,2,3$|a table of text (CSV)",
        "notes.safetensors|What is this file?$|it is text",
        "x.bin|#00#00#01#fe|its format is not known, must be safetensors, NumPy",
      })
  void isNamed(String name, String start, String expected) throws IOException {
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < start.length(); i++) {
      char c = start.charAt(i);
      if (c == '#') {
        bytes.append((char) Integer.parseInt(start.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        bytes.append(c == '$' ? '\n' : c == '`' ? '"' : c);
      }
    }
    String said = refusal(name, bytes.toString());
    assertTrue(said.contains(expected), said);
  }

  @Test
  void otherZipArchivesAreNamed() throws IOException {
    assertTrue(refusal("x.zip", zip("a.txt")).contains("neither of PyTorch nor of NumPy"));
  }

  /** Without the module that reads them; with it, TensorFile.open does. */
  @Test
  void hdf5AndKerasFilesNeedAModule() throws IOException {
    for (String bytes : new String[] {"\u0089HDF\r\n\32\n\0", zip("metadata.json")}) {
      String said = ForeignFile.refusal("model", bytes.getBytes(ISO_8859_1)).getMessage();
      assertTrue(said.contains("which the artifact io.github.attnpool:attnpool-hdf5 reads"), said);
    }
  }

  private static String zip(String entry) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(entry));
      zip.write(1);
    }
    return bytes.toString(ISO_8859_1);
  }

  @Test
  void anEmptyFileIsNamed() throws IOException {
    assertTrue(refusal("x.pt", "").endsWith("it is empty: was the download interrupted?"));
    assertTrue(refusal("x.pt", "\0".repeat(5000)).contains("was the download interrupted?"));
  }

  /** Whose length begins as a pickle does. */
  @Test
  void safetensorsAreNotTakenForAPickle() throws IOException {
    String header = "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
    String file = "\u0080\2\0\0\0\0\0\0" + header + " ".repeat(0x280 - header.length());
    Path path = write("model", file + "\0\0\0\0");
    try (TensorFile good = TensorFile.open(path)) {
      assertEquals(1, good.tensors().size());
    }
    String cut = refusal("model", file.substring(0, 60));
    assertFalse(cut.contains("pickle"), cut);
    assertTrue(cut.contains("the header's length is given as 640 bytes"), cut);
  }

  private String refusal(String name, String bytes) throws IOException {
    Path path = write(name, bytes);
    String said = assertThrows(AttnPoolException.class, () -> TensorFile.open(path)).getMessage();
    assertTrue(said.startsWith("read " + path + ": "), said);
    assertEquals(1, said.lines().count(), said);
    return said;
  }

  private Path write(String name, String bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes.getBytes(ISO_8859_1));
  }
}
