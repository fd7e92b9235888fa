package io.github.attnpool.format;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** NumPy's {@code .npy} files. */
class NpyFuzzTest {
  static Stream<Arguments> seeds() {
    return FuzzedFile.seeds(".npy");
  }

  @MethodSource("seeds")
  @FuzzTest
  void reads(byte[] bytes) {
    FuzzedFile.read(bytes);
  }
}
