package io.github.attnpool.internal.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.forked.ForkedJvm;
import io.github.attnpool.internal.natives.Natives;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No kernel touches memory beside its arrays, called as the library calls it. */
@EnabledOnOs(OS.LINUX)
class GuardPagesTest {
  private static final List<String> TIERS = List.of("baseline", "avx2", "avx512", "avx512_bf16");

  static List<String> tiers() {
    int best = TIERS.indexOf(Natives.get().detectedTier());
    return best < 0 ? List.of(Natives.get().detectedTier()) : TIERS.subList(0, best + 1);
  }

  @ParameterizedTest
  @MethodSource("tiers")
  void noKernelTouchesThem(String tier) {
    String used =
        new ForkedJvm(GuardedKernels.class).environment("ATTNPOOL_MAX_TIER", tier).run().good();
    assertTrue(used.endsWith(tier), used);
  }
}
