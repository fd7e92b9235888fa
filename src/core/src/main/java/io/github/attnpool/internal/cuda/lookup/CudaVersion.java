package io.github.attnpool.internal.cuda.lookup;

/** Versions of CUDA that this code knows, and how they are written. */
final class CudaVersion {
  /** Major number of the newest one. */
  static final int NEWEST = 13;

  /** Major number of the oldest one. */
  static final int OLDEST = 12;

  /** The first driver that runs CUDA of the oldest major number. */
  private static final int OLDEST_DRIVER = 525;

  /** The first driver that runs CUDA of the newest major number. */
  private static final int NEWEST_DRIVER = 580;

  private CudaVersion() {}

  /** Returns the major number of a version, such as 13 of 13000. */
  static int major(int version) {
    return version / 1000;
  }

  /** Writes a version, such as 13.0 for 13000. */
  static String text(int version) {
    return major(version) + "." + version % 1000 / 10;
  }

  /** Returns the first driver that runs the newest CUDA. */
  static int newestDriver() {
    return NEWEST_DRIVER;
  }

  /** Names the drivers that run CUDA of a major number. */
  static String driversFor(int major) {
    return switch (major) {
      case OLDEST -> "driver " + OLDEST_DRIVER + " or later";
      case NEWEST -> "driver " + NEWEST_DRIVER + " or later";
      default -> "a newer driver";
    };
  }
}
