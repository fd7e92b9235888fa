package io.github.attnpool.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.attnpool.Output;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardBenchmarkTest {
  @ParameterizedTest
  @CsvSource({"onednn, FUSED, warm", "onednn, STAGED, cold", "jvm, STAGED, warm"})
  void oneCallYieldsWeightsThatSumToOne(String backend, String plan, String cache) {
    ForwardBenchmark benchmark = benchmark(backend, plan, cache);
    benchmark.build();
    try {
      double sum = 0;
      for (float weight : benchmark.forward().toArray(Output.WEIGHTS)) {
        sum += weight;
      }
      assertEquals(1, sum, 1e-6);
    } finally {
      benchmark.close();
    }
  }

  @Test
  void anotherTierThanTheOneAskedForIsAnError() {
    ForwardBenchmark benchmark = benchmark("jvm", "STAGED", "warm");
    benchmark.isa = "avx1024";
    assertThrows(IllegalStateException.class, benchmark::build);
  }

  private static ForwardBenchmark benchmark(String backend, String plan, String cache) {
    ForwardBenchmark benchmark = new ForwardBenchmark();
    benchmark.backend = backend;
    benchmark.plan = plan;
    benchmark.precision = "f32";
    benchmark.threads = 1;
    benchmark.shape = "1x512x64-64";
    benchmark.cache = cache;
    benchmark.isa = "any";
    return benchmark;
  }
}
