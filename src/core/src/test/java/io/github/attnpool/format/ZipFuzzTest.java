package io.github.attnpool.format;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Zip archives of NumPy and of PyTorch. */
class ZipFuzzTest {
  static Stream<Arguments> seeds() {
    return FuzzedFile.seeds(
        ".npz", "bare.pt", "views.pt", "others.pt", "script.pt", "bare-deflated.pt");
  }

  @MethodSource("seeds")
  @FuzzTest
  void reads(byte[] bytes) {
    FuzzedFile.read(bytes);
  }
}
