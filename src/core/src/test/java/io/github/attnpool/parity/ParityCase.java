package io.github.attnpool.parity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import io.github.attnpool.format.SafetensorsFile;
import io.github.attnpool.format.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * A case of scripts/make-parity-fixtures.py: the very inputs that PyTorch drew, and what it
 * computed of them in float64. The file's layout is described in the script.
 */
final class ParityCase {
  private static final ValueLayout.OfDouble F64 =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final AttentionParameters parameters;
  private final Batch batch;
  private final Result expected;

  private ParityCase(AttentionParameters parameters, Batch batch, Result expected) {
    this.parameters = parameters;
    this.batch = batch;
    this.expected = expected;
  }

  /** Names of all cases. */
  static List<String> names() {
    try (InputStream index = ParityCase.class.getResourceAsStream("/parity/cases.txt")) {
      return new String(index.readAllBytes(), UTF_8).lines().toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static ParityCase load(String name) {
    try (SafetensorsFile file = SafetensorsFile.open(file(name))) {
      Map<String, Drawn> inputs = draw(name, file.metadata().get("recipe"));
      return new ParityCase(
          parameters(inputs),
          batch(inputs.get("x"), file),
          new Result(
              doubles(file, "scores"),
              doubles(file, "weights"),
              doubles(file, "context"),
              doubles(file, "logits")));
    }
  }

  AttentionParameters parameters() {
    return parameters;
  }

  Batch batch() {
    return batch;
  }

  Result expected() {
    return expected;
  }

  private static Path file(String name) {
    try {
      return Path.of(ParityCase.class.getResource("/parity/" + name + ".safetensors").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Drawn> draw(String name, String recipe) {
    TorchRandom random = new TorchRandom(crc(name.getBytes(UTF_8)));
    Map<String, Drawn> inputs = new LinkedHashMap<>();
    for (String line : recipe.lines().toList()) {
      String[] field = line.split(" ", -1);
      int[] shape = Arrays.stream(field[1].split("x")).mapToInt(Integer::parseInt).toArray();
      int cycle = Integer.parseInt(field[2]);
      float scale = Float.parseFloat(field[3]);
      float shift = Float.parseFloat(field[4]);
      float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
      for (int i = 0; i < values.length; i++) {
        values[i] = i < cycle ? (random.next() * 2 - 1) * scale + shift : values[i - cycle];
      }
      assertEquals(
          Integer.parseUnsignedInt(field[5], 16),
          crc(littleEndian(values)),
          "checksum of " + field[0] + ": these are not the values that PyTorch drew");
      inputs.put(field[0], new Drawn(shape, values));
    }
    return inputs;
  }

  private static AttentionParameters parameters(Map<String, Drawn> inputs) {
    Linear score = linear("a", inputs);
    AttentionParameters layer =
        inputs.containsKey("W.weight")
            ? AttentionParameters.additive(linear("W", inputs), score)
            : AttentionParameters.linear(score);
    return inputs.containsKey("fc.weight") ? layer.withOutput(linear("fc", inputs)) : layer;
  }

  private static Linear linear(String name, Map<String, Drawn> inputs) {
    Drawn weight = inputs.get(name + ".weight");
    Drawn bias = inputs.get(name + ".bias");
    return bias == null
        ? Linear.of(weight.shape[0], weight.shape[1], weight.values)
        : Linear.of(weight.shape[0], weight.shape[1], weight.values, bias.values);
  }

  private static Batch batch(Drawn x, SafetensorsFile file) {
    if (file.tensors().containsKey("offsets")) {
      return Batch.ragged(x.values, x.shape[1], integers(file, "offsets"));
    }
    Batch all = Batch.padded(x.values, x.shape[0], x.shape[1], x.shape[2]);
    if (file.tensors().containsKey("lengths")) {
      return all.withLengths(integers(file, "lengths"));
    }
    if (file.tensors().containsKey("keep")) {
      int[] marks = integers(file, "keep");
      boolean[] keep = new boolean[marks.length];
      for (int i = 0; i < keep.length; i++) {
        keep[i] = marks[i] == 1;
      }
      return all.withKeep(keep);
    }
    return all;
  }

  private static int[] integers(SafetensorsFile file, String name) {
    return Arrays.stream(file.tensor(name).toLongArray()).mapToInt(Math::toIntExact).toArray();
  }

  private static double[] doubles(SafetensorsFile file, String name) {
    Tensor tensor = file.tensors().get(name);
    return tensor == null ? new double[0] : tensor.data().toArray(F64);
  }

  private static byte[] littleEndian(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static int crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static final class Drawn {
    final int[] shape;
    final float[] values;

    Drawn(int[] shape, float[] values) {
      this.shape = shape;
      this.values = values;
    }
  }
}
