package io.github.attnpool.internal.cuda;

import java.util.Arrays;

/** A launch with its numbers. Equal ones are the same work. */
final class Launched {
  private final Launch launch;
  private final long[] numbers;

  Launched(Launch launch, long[] numbers) {
    this.launch = launch;
    this.numbers = numbers;
  }

  /** Puts it on a stream. */
  void on(long stream) {
    launch.on(stream, numbers);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Launched that
        && launch == that.launch
        && Arrays.equals(numbers, that.numbers);
  }

  @Override
  public int hashCode() {
    return 31 * launch.hashCode() + Arrays.hashCode(numbers);
  }
}
