package io.github.attnpool.format;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Safetensors files. */
class SafetensorsFuzzTest {
  static Stream<Arguments> seeds() {
    return FuzzedFile.seeds(".safetensors");
  }

  @MethodSource("seeds")
  @FuzzTest
  void reads(byte[] bytes) {
    FuzzedFile.read(bytes);
  }
}
