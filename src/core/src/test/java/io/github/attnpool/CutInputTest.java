package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.forked.ForkedJvm;
import io.github.attnpool.testkit.Variant;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A mapped x that is cut short under a forward call gives an exception; the JVM lives on. */
class CutInputTest {
  @TempDir Path folder;

  static List<Variant> ways() {
    return Variant.offered();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void givesAnException(Variant variant) {
    List<Object> arguments =
        List.of(folder.resolve("x"), variant.backend(), variant.plan(), variant.threads());
    String said =
        new ForkedJvm(ForwardWhileCut.class)
            .option("-XX:TieredStopAtLevel=4") // interpreted at first, then compiled
            .arguments(arguments.toArray())
            .run()
            .good();
    assertEquals("5 of 5", said);
  }
}
