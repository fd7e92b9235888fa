package io.github.attnpool.format;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Pickles, and PyTorch's older files, which are several. */
class PickleFuzzTest {
  static Stream<Arguments> seeds() {
    return FuzzedFile.seeds(".pkl", "-old.pt");
  }

  @MethodSource("seeds")
  @FuzzTest
  void reads(byte[] bytes) {
    FuzzedFile.read(bytes);
  }
}
