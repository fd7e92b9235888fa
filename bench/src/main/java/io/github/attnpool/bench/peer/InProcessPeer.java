package io.github.attnpool.bench.peer;

/** A peer in this process, called by Java. */
abstract class InProcessPeer implements Peer {
  private final int inputs;
  private int next;

  InProcessPeer(int inputs) {
    this.inputs = inputs;
  }

  /** Computes the outputs of an input. */
  abstract void run(int input);

  @Override
  public final long[] time(int samples, int repeat) {
    long[] nanos = new long[samples];
    int input = next;
    for (int sample = 0; sample < samples; sample++) {
      long start = System.nanoTime();
      for (int call = 0; call < repeat; call++) {
        run(input);
        input = input + 1 == inputs ? 0 : input + 1;
      }
      nanos[sample] = System.nanoTime() - start;
    }
    next = input;
    return nanos;
  }
}
