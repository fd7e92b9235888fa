package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.forked.ForkedJvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A mapped x that is cut short under a forward call gives an exception; the JVM lives on. */
class CutInputTest {
  @TempDir Path folder;

  static List<Way> ways() {
    return Way.all();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void givesAnException(Way way) {
    List<Object> arguments = List.of(folder.resolve("x"), way.backend(), way.plan(), way.threads());
    String said =
        new ForkedJvm(ForwardWhileCut.class)
            .option("-XX:TieredStopAtLevel=4") // interpreted at first, then compiled
            .arguments(arguments.toArray())
            .run()
            .good();
    assertEquals("5 of 5", said);
  }
}
