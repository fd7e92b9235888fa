package io.github.attnpool.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.attnpool.AttnPoolException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Layout files: what is not sound is our exception, and what is sound prints as itself. */
class LayoutFuzzTest {
  static Stream<Arguments> seeds() {
    return Layout.known().stream()
        .map(layout -> Arguments.of((Object) layout.toJson().getBytes(UTF_8)));
  }

  @MethodSource("seeds")
  @FuzzTest
  void reads(byte[] bytes) {
    Layout layout;
    try {
      layout = Layout.parse(new String(bytes, UTF_8));
    } catch (AttnPoolException _) {
      return;
    }
    String printed = layout.toJson();
    if (!Layout.parse(printed).toJson().equals(printed)) {
      throw new AssertionError("a layout that was printed reads otherwise: " + printed);
    }
  }
}
