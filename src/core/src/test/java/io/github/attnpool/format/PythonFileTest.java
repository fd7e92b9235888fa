package io.github.attnpool.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A file that Python's safetensors wrote from PyTorch tensors of every type. */
class PythonFileTest {
  private SafetensorsFile file;

  @BeforeEach
  void open() throws URISyntaxException {
    file =
        SafetensorsFile.open(
            Path.of(PythonFileTest.class.getResource("/format/python.safetensors").toURI()));
  }

  @AfterEach
  void close() {
    file.close();
    file.close();
  }

  @Test
  void metadata() {
    assertEquals(Map.of("made by", "safetensors in Python, é"), file.metadata());
  }

  @Test
  void realNumbers() {
    assertEquals("F32 [2, 2]", file.tensor("f32").describe());
    assertArrayEquals(new float[] {1.5f, -2, Float.POSITIVE_INFINITY, 1e-40f}, file.floats("f32"));
    assertArrayEquals(new float[] {0.1f}, file.floats("f64"));
    assertArrayEquals(new float[] {1.5f, -3}, file.floats("bf16"));
    assertArrayEquals(new float[] {1.5f, 65504}, file.floats("f16"));
    assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, file.floats("W.weight"));
  }

  @Test
  void integers() {
    assertArrayEquals(
        new long[] {Long.MIN_VALUE, Long.MAX_VALUE}, file.tensor("i64").toLongArray());
    assertArrayEquals(new long[] {-5}, file.tensor("i32").toLongArray());
    assertArrayEquals(new long[] {-300}, file.tensor("i16").toLongArray());
    assertArrayEquals(new long[] {-1}, file.tensor("i8").toLongArray());
    assertArrayEquals(new long[] {255}, file.tensor("u8").toLongArray());
    assertEquals("BOOL [2]", file.tensor("bool").describe());
  }

  @Test
  void scalarAndEmpty() {
    assertEquals("F32 []", file.tensor("scalar").describe());
    assertArrayEquals(new float[] {7}, file.floats("scalar"));
    assertEquals("F32 [0, 3]", file.tensor("empty").describe());
    assertArrayEquals(new float[0], file.floats("empty"));
  }

  @Test
  void theWrongKindOfNumberIsNamed() {
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> file.floats("bool"));
    assertTrue(e.getMessage().contains("tensor bool: has element type BOOL, must be"));
    e = assertThrows(AttnPoolException.class, () -> file.tensor("f32").toLongArray());
    assertTrue(e.getMessage().contains("has element type F32, must be integers"));
  }

  @Test
  void valuesOfAClosedFileCannotBeRead() {
    Tensor tensor = file.tensor("f32");
    file.close();
    AttnPoolException e = assertThrows(AttnPoolException.class, tensor::toFloatArray);
    assertEquals("tensor f32: its memory is closed, as its file may be", e.getMessage());
  }
}
