package io.github.attnpool.internal.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.forked.ForkedJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassLoadersTest {
  private static final int RELOADS = 20;

  @TempDir Path temporary;

  @Test
  void eachLoadsTheLibrariesAndTheLastOneFreesThem() throws IOException {
    NativeResources.copy(NativeResources.OPENMP, temporary); // which oneDNN finds beside itself
    List<String> lines =
        new ForkedJvm(ManyLoaders.class)
            .withoutModules() // as an application server has it
            .arguments(RELOADS, ForkedJvm.everything())
            .property("attnpool.cuda.cudart.library", "none")
            .property(
                Natives.KERNELS_PROPERTY, NativeResources.copy(NativeResources.KERNELS, temporary))
            .property(
                Natives.ONEDNN_PROPERTY, NativeResources.copy(NativeResources.ONEDNN, temporary))
            .option("--enable-native-access=ALL-UNNAMED")
            .run()
            .good()
            .lines()
            .toList();
    List<String> expected = new ArrayList<>(Collections.nCopies(RELOADS, "onednn 3.0"));
    expected.addAll(List.of("true", "false", "0"));
    assertEquals(expected, lines);
  }
}
