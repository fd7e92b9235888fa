package io.github.attnpool.cli;

import static io.github.attnpool.cli.SampleFiles.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.Layout;
import java.nio.file.Path;
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
    assertArrayEquals(random("pool.fc2.weight", 1, 4).toFloatArray(), layer.score().weight());
    assertEquals(Activation.TANH, layer.activation());
    assertEquals(1, layer.temperature());
  }

  @Test
  void takesWhatTheFileDoesNotSay() {
    AttentionParameters layer = read(torchmil, "--activation=gelu_tanh", "--temperature=0.5");
    assertEquals(Activation.GELU_TANH, layer.activation());
    assertEquals(0.5f, layer.temperature());
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
    assertTrue(e.getMessage().contains("it does not fit layout clam: "), e.getMessage());
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
    String help = new CommandLine(new Holder()).getUsageMessage().replaceAll("\\s+", " ");
    String layouts = String.join(", ", Stream.of(Layout.values()).map(Layout::layoutName).toList());
    assertTrue(help.contains("auto, " + layouts + ". Default: auto"), help);
    assertTrue(help.contains("identity, tanh, relu, gelu, gelu_tanh, sigmoid."), help);
  }

  private static AttentionParameters read(Path file, String... more) {
    Holder holder = new Holder();
    new CommandLine(holder)
        .parseArgs(
            Stream.concat(Stream.of("--weights", file.toString()), Stream.of(more))
                .toArray(String[]::new));
    holder.weights.check();
    return holder.weights.read();
  }
}
