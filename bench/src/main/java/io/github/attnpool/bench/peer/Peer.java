package io.github.attnpool.bench.peer;

/** One implementation of the layer, prepared for one {@link Work}. Used by one thread. */
public interface Peer extends AutoCloseable {
  /** Describes what runs: version, instruction set, threads. */
  String runsOn();

  /**
   * Calls the layer {@code samples} × {@code repeat} times and cycles through the inputs.
   *
   * @return for each sample, the nanoseconds that its {@code repeat} calls took together
   */
  long[] time(int samples, int repeat);

  /**
   * Computes the outputs of an input.
   *
   * @throws UnsupportedOperationException if it is a yardstick, which computes only a part
   */
  Result result(int input);

  @Override
  void close();
}
