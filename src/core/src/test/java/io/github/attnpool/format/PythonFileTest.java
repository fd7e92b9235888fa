package io.github.attnpool.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A file that Python's safetensors wrote from PyTorch tensors of every type. */
class PythonFileTest {
  private TensorFile file;

  @BeforeEach
  void open() throws URISyntaxException {
    file =
        TensorFile.open(
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
    assertArrayEquals(new long[] {Long.MIN_VALUE, Long.MAX_VALUE}, file.longs("i64"));
    assertArrayEquals(new long[] {-5}, file.longs("i32"));
    assertArrayEquals(new long[] {-300}, file.longs("i16"));
    assertArrayEquals(new long[] {-1}, file.longs("i8"));
    assertArrayEquals(new long[] {255}, file.longs("u8"));
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
    e = assertThrows(AttnPoolException.class, () -> file.longs("f32"));
    assertTrue(e.getMessage().contains("has element type F32, must be integers"));
  }

  @Test
  void memoryOutlivesTheFileButNotItsArena() {
    Tensor tensor;
    try (Arena arena = Arena.ofConfined()) {
      tensor = file.load("f32", arena);
      file.close();
      assertEquals(1.5f, tensor.toFloatArray()[0]);
    }
    AttnPoolException e = assertThrows(AttnPoolException.class, tensor::toFloatArray);
    assertEquals("tensor f32: the memory of data is already closed", e.getMessage());
    e = assertThrows(AttnPoolException.class, () -> file.floats("f32"));
    assertTrue(e.getMessage().startsWith("read " + file.name()), e.getMessage());
  }
}
