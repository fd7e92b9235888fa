package io.github.attnpool.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardBenchmarkTest {
  @ParameterizedTest
  @ValueSource(strings = {"onednn", "jvm"})
  void oneCallYieldsWeightsThatSumToOne(String backend) {
    ForwardBenchmark benchmark = new ForwardBenchmark();
    benchmark.backend = backend;
    benchmark.plan = "STAGED";
    benchmark.precision = "F32";
    benchmark.threads = 1;
    benchmark.shape = "1x32x64-64";
    benchmark.build();
    try {
      double sum = 0;
      for (float weight : benchmark.forward().weights().toArray(ValueLayout.JAVA_FLOAT)) {
        sum += weight;
      }
      assertEquals(1, sum, 1e-6);
    } finally {
      benchmark.close();
    }
  }
}
