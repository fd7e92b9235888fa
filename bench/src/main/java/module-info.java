/** Benchmarks of the layer. Run from one jar on the class path, as JMH expects. */
module io.github.attnpool.bench {
  requires io.github.attnpool;
  requires jmh.core;
}
