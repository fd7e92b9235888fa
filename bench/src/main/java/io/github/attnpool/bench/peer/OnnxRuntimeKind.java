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
import java.util.List;
import java.util.Map;

/** ONNX Runtime by its Java interface, without copies: inputs and outputs are direct buffers. */
public final class OnnxRuntimeKind implements PeerKind {
  private final WeightedSum form;

  private OnnxRuntimeKind(WeightedSum form) {
    this.form = form;
  }

  /** Both forms of the graph. */
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
    if (work.arithmetic() != Arithmetic.F32) {
      throw new NotOffered("ONNX Runtime has no bfloat16 MatMul on CPUs");
    }
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
    private final FloatBuffer context;
    private final FloatBuffer weights;
    private final Map<String, OnnxTensor> outputs;

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
      this.context = floats((long) shape.batch() * shape.width());
      this.weights = floats(shape.rows());
      this.outputs =
          Map.of(
              "context",
              OnnxTensor.createTensor(
                  environment, context, new long[] {shape.batch(), shape.width()}),
              "weights",
              OnnxTensor.createTensor(
                  environment, weights, new long[] {shape.batch(), shape.steps()}));
    }

    private static FloatBuffer floats(long count) {
      return ByteBuffer.allocateDirect(Math.toIntExact(count * Float.BYTES))
          .order(ByteOrder.nativeOrder())
          .asFloatBuffer();
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
      return new Result(copy(context), copy(weights));
    }

    private static float[] copy(FloatBuffer buffer) {
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
