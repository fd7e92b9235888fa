package io.github.attnpool.parity;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.attnpool.format.TensorFile;
import io.github.attnpool.testkit.Batch;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A fixture's file, open for reading; scripts/fixtures/make-*-fixtures.py describe what is in it.
 */
final class Fixture implements AutoCloseable {
  private static final ValueLayout.OfDouble F64 =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final TensorFile file;

  /**
   * @param folder of the test resources
   */
  Fixture(String folder, String name) {
    try {
      String resource = "/" + folder + "/" + name + ".safetensors";
      file = TensorFile.open(Path.of(Fixture.class.getResource(resource).toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Names of all fixtures in a folder. */
  static List<String> names(String folder) {
    try (InputStream index = Fixture.class.getResourceAsStream("/" + folder + "/cases.txt")) {
      return new String(index.readAllBytes(), UTF_8).lines().toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  List<String> recipe() {
    return file.metadata().get("recipe").lines().toList();
  }

  /** Float64 values; none if there is no such tensor. */
  double[] doubles(String name) {
    if (!file.tensors().containsKey(name)) {
      return new double[0];
    }
    try (Arena arena = Arena.ofConfined()) {
      return file.load(name, arena).data().toArray(F64);
    }
  }

  /**
   * Rows, and which of them take part by what the file says.
   *
   * @param prefix before the names offsets, lengths and keep
   */
  Batch batch(String prefix, Drawn x) {
    if (file.tensors().containsKey(prefix + "offsets")) {
      return Batch.ragged(x.values, x.shape[1], integers(prefix + "offsets"));
    }
    Batch all = Batch.padded(x.values, x.shape[0], x.shape[1], x.shape[2]);
    if (file.tensors().containsKey(prefix + "lengths")) {
      return all.withLengths(integers(prefix + "lengths"));
    }
    if (file.tensors().containsKey(prefix + "keep")) {
      int[] marks = integers(prefix + "keep");
      boolean[] keep = new boolean[marks.length];
      for (int i = 0; i < keep.length; i++) {
        keep[i] = marks[i] == 1;
      }
      return all.withKeep(keep);
    }
    return all;
  }

  private int[] integers(String name) {
    return Arrays.stream(file.longs(name)).mapToInt(Math::toIntExact).toArray();
  }

  @Override
  public void close() {
    file.close();
  }
}
