package io.github.attnpool.bench.peer;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** ONNX Runtime in Java, without copies: inputs and outputs are direct buffers. */
public final class OnnxRuntimeKind implements PeerKind {
  private final WeightedSum form;

  private OnnxRuntimeKind(WeightedSum form) {
    this.form = form;
  }

  /** Returns the form of the graph that is fastest. */
  public static PeerKind matmul() {
    return new OnnxRuntimeKind(WeightedSum.MATMUL);
  }

  /** Returns both forms of the graph. */
  public static List<PeerKind> all() {
    return Arrays.stream(WeightedSum.values()).<PeerKind>map(OnnxRuntimeKind::new).toList();
  }

  @Override
  public String name() {
    return "ONNX Runtime, " + form;
  }

  @Override
  public Role role() {
    return Role.PEER;
  }

  @Override
  public Peer prepare(Work work) throws NotOffered {
    NotOffered.unless(
        work.arithmetic() == Arithmetic.F32, "ONNX Runtime has no bfloat16 MatMul on CPUs");
    NotOffered.unless(
        OnnxGraph.has(work.model().shape().form()),
        "its graph has no queries, GELU, values or statistics");
    try {
      return new Session(work, form);
    } catch (OrtException | LinkageError e) {
      throw new NotOffered("ONNX Runtime: " + e.getMessage(), e);
    }
  }

  private static final class Session extends InProcessPeer {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment("attnpool-bench");
    private final int threads;
    private final OrtSession session;
    private final List<Map<String, OnnxTensor>> inputs = new ArrayList<>();
    private final Map<String, FloatBuffer> results = new HashMap<>();
    private final Map<String, OnnxTensor> outputs = new HashMap<>();

    Session(Work work, WeightedSum form) throws OrtException {
      super(work.inputs().count());
      this.threads = work.threads();
      BenchShape shape = work.model().shape();
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        this.session =
            environment.createSession(
                OnnxGraph.model(work.model().parameters(), shape, form), options);
      }
      for (int i = 0; i < work.inputs().count(); i++) {
        FloatBuffer x =
            work.inputs().get(i).asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
        long[] dims = {shape.batch(), shape.steps(), shape.width()};
        inputs.add(Map.of("x", OnnxTensor.createTensor(environment, x, dims)));
      }
      int heads = shape.form().heads();
      output("context", shape.batch(), (long) heads * shape.rowWidth());
      output("weights", shape.batch(), (long) heads * shape.steps());
      if (shape.form().perHead()) {
        output("logits", shape.batch(), heads);
      }
    }

    private void output(String name, long rows, long columns) throws OrtException {
      FloatBuffer buffer =
          ByteBuffer.allocateDirect(Math.toIntExact(rows * columns * Float.BYTES))
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      results.put(name, buffer);
      outputs.put(name, OnnxTensor.createTensor(environment, buffer, new long[] {rows, columns}));
    }

    @Override
    public String runsOn() {
      return "ONNX Runtime " + environment.getVersion() + " CPU, " + threads + " thr";
    }

    @Override
    void run(int input) {
      try {
        session.run(inputs.get(input), outputs).close();
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public Result result(int input) {
      run(input);
      return new Result(copy("context"), copy("weights"), copy("logits"));
    }

    private float[] copy(String name) {
      FloatBuffer buffer = results.getOrDefault(name, FloatBuffer.allocate(0));
      float[] values = new float[buffer.capacity()];
      buffer.get(0, values);
      return values;
    }

    @Override
    public void close() {
      inputs.forEach(input -> input.values().forEach(OnnxTensor::close));
      outputs.values().forEach(OnnxTensor::close);
      try {
        session.close();
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
