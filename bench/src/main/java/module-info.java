/** Benchmarks of the layer. Run from one jar on the class path, as JMH expects. */
module io.github.attnpool.bench {
  requires ai.djl.api;
  requires ai.djl.pytorch_engine;
  requires com.fasterxml.jackson.core;
  requires com.microsoft.onnxruntime;
  requires info.picocli;
  requires io.github.attnpool;
  requires java.management;
  requires jmh.core;
  requires org.apache.commons.statistics.descriptive;
  requires static org.jspecify;

  opens io.github.attnpool.bench.compare to
      info.picocli;
}
