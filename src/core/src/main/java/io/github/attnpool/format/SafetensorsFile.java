package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.Shown;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * A file whose tensors are all in memory, mapped where that can be. They live until the file is
 * closed. Safe to read from any thread.
 */
public final class SafetensorsFile implements AutoCloseable {
  private final TensorFile file;
  private final Arena arena;
  private final Map<String, Tensor> tensors;

  private SafetensorsFile(TensorFile file, Arena arena, Map<String, Tensor> tensors) {
    this.file = file;
    this.arena = arena;
    this.tensors = tensors;
  }

  /**
   * Maps a file and reads its header.
   *
   * @param path the file
   * @return the open file, for the caller to close
   * @throws AttnPoolException if it cannot be read, or its header is not sound: every offset, size
   *     and overlap is checked before any data is touched
   */
  public static SafetensorsFile open(Path path) {
    Arena arena = Arena.ofShared();
    boolean good = false;
    try (TensorFile file = TensorFile.open(path)) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      file.tensors().keySet().forEach(name -> tensors.put(name, file.load(name, arena)));
      good = true;
      return new SafetensorsFile(file, arena, tensors);
    } finally {
      if (!good) {
        arena.close();
      }
    }
  }

  /** {@return the tensors by name, in the file's order} */
  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** {@return the file's key-value texts; empty if it has none} */
  public Map<String, String> metadata() {
    return file.metadata();
  }

  /**
   * {@return one tensor}
   *
   * @param name name of the tensor
   * @throws AttnPoolException if there is none of that name, listing those there are
   */
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new AttnPoolException(
          "read " + path(),
          "there is no tensor '%s', found %s"
              .formatted(Shown.text(name), Shown.names(tensors.keySet())));
    }
    return tensor;
  }

  /** {@return the file's path} */
  public Path path() {
    return file.path();
  }

  /**
   * Copies a tensor's values to the heap; F64 is rounded.
   *
   * @param name name of the tensor
   * @return the values, row-major
   * @throws AttnPoolException if there is no such tensor, its elements are not real numbers or too
   *     many for an array, or the file was cut while it was mapped
   */
  public float[] floats(String name) {
    return read(name, Tensor::toFloatArray);
  }

  /**
   * Copies a tensor's values into an array; F64 is rounded.
   *
   * @param name name of the tensor
   * @param target where the values go, from {@code index} on
   * @param index where in the target the first value goes
   * @throws AttnPoolException if there is no such tensor, its elements are not real numbers or too
   *     many for the array, or the file was cut while it was mapped
   */
  public void copy(String name, float[] target, int index) {
    read(
        name,
        tensor -> {
          tensor.copyTo(target, index);
          return target;
        });
  }

  private float[] read(String name, Function<Tensor, float[]> how) {
    Tensor tensor = tensor(name);
    try {
      return how.apply(tensor);
    } catch (AttnPoolException e) {
      throw new AttnPoolException("read " + path(), e.getMessage(), e);
    }
  }

  /** Unmaps the file. Closing twice does nothing. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
