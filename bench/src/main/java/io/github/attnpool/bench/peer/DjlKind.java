package io.github.attnpool.bench.peer;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.pytorch.jni.JniUtils;
import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.Inputs;
import io.github.attnpool.internal.maps.PlainLayer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** PyTorch from Java: the steps of the textbook one after another, on DJL's PyTorch engine. */
public final class DjlKind implements PeerKind {
  private static final String ENGINE = "PyTorch";

  private final WeightedSum form;

  private DjlKind(WeightedSum form) {
    this.form = form;
  }

  /** Returns both ways to write the weighted sum. */
  public static List<PeerKind> all() {
    return Arrays.stream(WeightedSum.values()).<PeerKind>map(DjlKind::new).toList();
  }

  @Override
  public String name() {
    return "DJL PyTorch, " + form;
  }

  @Override
  public Role role() {
    return Role.PEER;
  }

  @Override
  public Peer prepare(Work work) throws NotOffered {
    NotOffered.unless(
        work.arithmetic() == Arithmetic.F32,
        "DJL's JNI library aborts the process at the first bfloat16 array");
    NotOffered.unless(
        work.model().shape().isTextbook(), "only the textbook's form is written with DJL");
    // Only what the jars hold: DJL must download nothing.
    System.setProperty("ai.djl.offline", "true");
    try {
      if (!Engine.hasEngine(ENGINE)) {
        throw new NotOffered("DJL's PyTorch engine is not on the class path");
      }
      return new Tensors(Engine.getEngine(ENGINE), work, form);
    } catch (EngineException | IllegalStateException | LinkageError e) {
      throw new NotOffered("DJL: " + e.getMessage(), e);
    }
  }

  private static final class Tensors extends InProcessPeer {
    private final Engine engine;
    private final WeightedSum form;
    private final int threads;
    private final NDManager manager;
    private final NDArray w;
    private final NDArray b;
    private final NDArray a;
    private final NDArray c;
    private final List<NDArray> inputs = new ArrayList<>();
    private NDArray context; // of the last call
    private NDArray weights;

    Tensors(Engine engine, Work work, WeightedSum form) {
      super(work.inputs().count());
      this.engine = engine;
      this.form = form;
      this.threads = work.threads();
      JniUtils.setNumThreads(threads);
      this.manager = engine.newBaseManager(Device.cpu());
      var hidden = PlainLayer.of(work.model().parameters()).hidden().orElseThrow();
      var score = PlainLayer.of(work.model().parameters()).score();
      this.w = array(hidden.weight(), hidden.outFeatures(), hidden.inFeatures());
      this.b = array(hidden.bias().orElseThrow(), hidden.outFeatures());
      this.a = array(score.weight(), score.outFeatures(), score.inFeatures());
      this.c = array(score.bias().orElseThrow(), score.outFeatures());
      this.context = manager.create(0f);
      this.weights = manager.create(0f);
      for (int i = 0; i < work.inputs().count(); i++) {
        inputs.add(input(work.inputs(), i));
      }
    }

    private NDArray array(float[] values, long... shape) {
      return manager.create(values, new Shape(shape));
    }

    private NDArray input(Inputs inputs, int index) {
      BenchShape size = inputs.shape();
      Shape shape = new Shape(size.batch(), size.steps(), size.width());
      var bytes = inputs.get(index).asByteBuffer().order(ByteOrder.nativeOrder());
      return manager.create(bytes, shape, DataType.FLOAT32);
    }

    @Override
    public String runsOn() {
      return "DJL, PyTorch " + engine.getVersion() + ", " + threads + " thr";
    }

    @Override
    void run(int input) {
      NDArray x = inputs.get(input);
      try (NDArray z = Linear.linear(x, w, b).singletonOrThrow();
          NDArray u = z.tanh();
          NDArray e = Linear.linear(u, a, c).singletonOrThrow()) {
        keep(x, e.softmax(1));
      }
    }

    private void keep(NDArray x, NDArray newWeights) {
      NDArray newContext = pool(x, newWeights);
      context.close();
      weights.close();
      context = newContext;
      weights = newWeights;
    }

    private NDArray pool(NDArray x, NDArray alpha) {
      if (form == WeightedSum.MATMUL) {
        try (NDArray rows = alpha.transpose(0, 2, 1)) {
          return rows.matMul(x);
        }
      }
      try (NDArray weighted = alpha.mul(x)) {
        return weighted.sum(new int[] {1});
      }
    }

    @Override
    public Result result(int input) {
      run(input);
      return Result.of(context.toFloatArray(), weights.toFloatArray());
    }

    @Override
    public void close() {
      manager.close();
    }
  }
}
