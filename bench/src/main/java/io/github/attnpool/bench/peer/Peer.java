package io.github.attnpool.bench.peer;

/** One implementation of the layer, prepared for one {@link Work}. Used by one thread. */
public interface Peer extends AutoCloseable {
  /** What really runs: version, instruction set, threads. */
  String runsOn();

  /**
   * Calls the layer {@code samples} × {@code repeat} times, going round the inputs.
   *
   * @return for each sample, the nanoseconds that its {@code repeat} calls took together
   */
  long[] time(int samples, int repeat);

  /**
   * What it computes of one input.
   *
   * @throws UnsupportedOperationException from a yardstick, which computes a part only
   */
  Result result(int input);

  @Override
  void close();
}
