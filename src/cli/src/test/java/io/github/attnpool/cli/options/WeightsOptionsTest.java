package io.github.attnpool.cli.options;

import static io.github.attnpool.cli.SampleFiles.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.cli.SampleFiles;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.internal.maps.PlainLayer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class WeightsOptionsTest {
  @TempDir private Path folder;
  private SampleFiles files;
  private Path torchmil;

  @Command
  private static final class Holder {
    @Mixin private WeightsOptions weights;
  }

  @BeforeEach
  void prepare() {
    files = new SampleFiles(folder);
    torchmil =
        files.write(
            "torchmil.safetensors",
            random("pool.fc1.module.weight", 4, 3),
            random("pool.fc2.weight", 1, 4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--layout=auto", "--layout=torchmil", "--prefix=pool", "--prefix=pool."})
  void readsWhatTheLayoutIs(String option) {
    AttentionParameters layer = read(torchmil, option);
    assertArrayEquals(
        random("pool.fc2.weight", 1, 4).toFloatArray(), PlainLayer.of(layer).score().weight());
    assertEquals(Activation.TANH, PlainLayer.of(layer).activation());
    assertEquals(1, PlainLayer.of(layer).temperature());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gelu-tanh", "gelu_tanh"})
  void takesWhatTheFileDoesNotSay(String activation) {
    AttentionParameters layer = read(torchmil, "--activation", activation, "--temperature=0.5");
    assertEquals(Activation.GELU_TANH, PlainLayer.of(layer).activation());
    assertEquals(0.5f, PlainLayer.of(layer).temperature());
  }

  @ParameterizedTest
  @ValueSource(strings = {"attnpool", "seed"})
  void theProjectsOwnLayoutHasTwoSpellings(String layout) {
    Path file = files.write("own.safetensors", random("a.weight", 1, 3));
    assertEquals("attnpool", load(file, "--layout", layout).match().layout());
  }

  @Test
  void optionsOverrideWhatTheFileSays() {
    Path file = files.path("seed.safetensors");
    SafetensorsWriter.write(
        file,
        List.of(random("W.weight", 2, 3), random("a.weight", 1, 2)),
        Map.of("activation", "relu", "temperature", "0.25"));
    assertEquals(Activation.RELU, PlainLayer.of(read(file)).activation());
    AttentionParameters layer = read(file, "--activation=sigmoid", "--temperature=4");
    assertEquals(Activation.SIGMOID, PlainLayer.of(layer).activation());
    assertEquals(4, PlainLayer.of(layer).temperature());
    assertTrue(
        help().contains("Activation of the hidden units, instead of the one that the file"),
        help());
    assertTrue(help().contains("Number that scores are divided by, instead of the file's"), help());
  }

  /** Of a hierarchical attention network. */
  @Test
  void theLayoutChoosesOneOfSeveralLayers() {
    Path han =
        files.write(
            "han.safetensors",
            random("word_attention.weight", 4, 3),
            random("word_context_vector.weight", 1, 4),
            random("sentence_attention.weight", 6, 5),
            random("sentence_context_vector.weight", 1, 6));
    assertEquals(3, read(han, "--layout=han").width());
    assertEquals(5, read(han, "--layout=han-sentence").width());
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> read(han));
    assertTrue(e.getMessage().contains("it holds 2 attention layers"), e.getMessage());
  }

  @Test
  void theLinearFormHasNoActivation() {
    Path linear = files.write("linear.safetensors", random("a.weight", 1, 3));
    AttnPoolException e =
        assertThrows(AttnPoolException.class, () -> read(linear, "--activation=relu"));
    assertTrue(e.getMessage().contains("the linear form has no hidden units"), e.getMessage());
  }

  @Test
  void aNamedLayoutHasToFit() {
    AttnPoolException e =
        assertThrows(AttnPoolException.class, () -> read(torchmil, "--layout=clam"));
    String said = e.getMessage();
    assertTrue(
        said.endsWith(
            "it does not fit layout clam, of which it has no tensor; it fits layout torchmil"),
        said);
    assertTrue(said.length() < 200 + torchmil.toString().length(), said);
    Path other = files.write("other.safetensors", random("some.weight", 2, 3));
    e = assertThrows(AttnPoolException.class, () -> read(other, "--layout=clam"));
    assertTrue(e.getMessage().contains("; found some.weight F32 [2, 3]; "), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "--layout,CLAM",
    "--activation,swish",
    "--activation,TANH",
    "--temperature,0",
    "--temperature,-2",
    "--temperature,NaN",
    "--temperature,Infinity",
  })
  void wrongUsage(String option, String value) {
    ParameterException e =
        assertThrows(ParameterException.class, () -> read(torchmil, option, value));
    assertTrue(e.getMessage().contains("'" + option + "': '" + value), e.getMessage());
  }

  @Test
  void helpListsTheNames() {
    String help = help();
    assertTrue(help.contains("auto, attnpool, monai, abmil, abmil-gated, clam, mil-lab"), help);
    assertTrue(help.contains("bahdanau, or a layout file. Default: auto"), help);
    assertTrue(help.contains("identity, tanh, relu, gelu, gelu-tanh, sigmoid"), help);
  }

  private static String help() {
    return new CommandLine(new Holder()).getUsageMessage().replaceAll("\\s+", " ");
  }

  private static AttentionParameters read(Path file, String... more) {
    return load(file, more).parameters();
  }

  private static LoadedLayer load(Path file, String... more) {
    Holder holder = new Holder();
    new CommandLine(holder)
        .parseArgs(
            Stream.concat(Stream.of("--weights", file.toString()), Stream.of(more))
                .toArray(String[]::new));
    holder.weights.check();
    return holder.weights.read();
  }
}
