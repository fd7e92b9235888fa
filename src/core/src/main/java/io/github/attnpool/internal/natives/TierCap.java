package io.github.attnpool.internal.natives;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The variable that caps the tier of the kernels. They read it themselves when they are loaded, and
 * pass over a name that they do not know; so it is checked here.
 */
final class TierCap {
  static final String VARIABLE = "ATTNPOOL_MAX_TIER";

  private TierCap() {}

  /** Names of the tiers, lowest first. */
  static List<String> tiers(String platform) {
    if (platform.endsWith("-x86_64")) {
      return List.of("baseline", "avx2", "avx512", "avx512_bf16");
    }
    return List.of(platform.endsWith("-arm64") ? "neon" : "baseline");
  }

  /**
   * Checks the variable.
   *
   * @param value of the variable; null or empty if it is not set
   */
  static void check(@Nullable String value, String platform) {
    List<String> tiers = tiers(platform);
    if (value != null && !value.isEmpty() && !tiers.contains(value)) {
      throw new LoadFailure(
          "environment variable %s is '%s', must be one of %s"
              .formatted(VARIABLE, value, String.join(", ", tiers)),
          true,
          null);
    }
  }
}
