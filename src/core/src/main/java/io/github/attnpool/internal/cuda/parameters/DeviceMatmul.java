package io.github.attnpool.internal.cuda.parameters;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.Linear;
import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.Launch;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.cuda.nvidia.BlasAlgorithm;
import io.github.attnpool.internal.cuda.nvidia.BlasLt;
import io.github.attnpool.internal.cuda.nvidia.BlasProduct;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.lifetime.Releases;
import io.github.attnpool.internal.maps.LinearArrays;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A matrix W [outputs, inputs] on the device, ready to multiply rows: y = W·x. One algorithm,
 * chosen when the layer is built, serves every number of rows, so that a row's bits do not depend
 * on the rows beside it. Immutable; each thread needs its own {@link Call}.
 */
public final class DeviceMatmul {
  /** Type of y: sums are kept in F32 and are not rounded before the activation. */
  private static final GpuType RESULT = GpuType.F32;

  private final long blas;
  private final long description;
  private final long weight;
  private final long weightLayout;
  private final int inputs;
  private final int outputs;
  private final GpuType type;
  private final BlasAlgorithm algorithm;

  /**
   * @param blas cuBLASLt's handle
   * @param type of W and x
   * @param tf32 whether F32 values may be rounded to TF32 in the products
   * @param arrays owner of what is made here
   */
  DeviceMatmul(long blas, Linear map, GpuType type, boolean tf32, ResidentArrays arrays) {
    this.blas = blas;
    this.inputs = map.inFeatures();
    this.outputs = map.outFeatures();
    this.type = type;
    this.weight = arrays.matrix(LinearArrays.weight(map), outputs, inputs, type);
    this.description = BlasLt.description(tf32);
    arrays.releases().own(() -> BlasLt.destroyDescription(description));
    this.weightLayout = BlasLt.layout(type, outputs, inputs, type.pitch(inputs));
    arrays.releases().own(() -> BlasLt.destroyLayout(weightLayout));
    this.algorithm =
        AlgorithmChoice.choose(
            blas, description, weightLayout, inputs, outputs, type, RESULT, arrays.arena());
  }

  int inputs() {
    return inputs;
  }

  int outputs() {
    return outputs;
  }

  /** Returns the multiply-adds of a row. */
  long work() {
    return (long) inputs * outputs;
  }

  /** Returns the rows that fill all of the device's processors once; 0 if not known. */
  long waveRows() {
    return AlgorithmChoice.waveRows(algorithm);
  }

  /** Returns the bytes of scratch memory that a call needs. */
  long workspace() {
    return algorithm.workspace();
  }

  /** What one thread needs to multiply. */
  public final class Call implements AutoCloseable {
    private final Releases releases = new Releases();
    private final MemorySegment number;
    private final BlasProduct product;
    private long rows = 1;
    private long xPitch;
    private long yPitch;

    public Call() {
      Arena arena = Arena.ofShared();
      releases.own(arena::close);
      try {
        number = arena.allocate(JAVA_LONG);
        xPitch = type.pitch(inputs);
        yPitch = RESULT.pitch(outputs);
        long xLayout = BlasLt.layout(type, rows, inputs, xPitch);
        releases.own(() -> BlasLt.destroyLayout(xLayout));
        long yLayout = BlasLt.layout(RESULT, rows, outputs, yPitch);
        releases.own(() -> BlasLt.destroyLayout(yLayout));
        product = new BlasProduct(blas, description, weightLayout, xLayout, yLayout);
      } catch (RuntimeException | Error e) {
        releases.closeAfter(e);
        throw e;
      }
    }

    /** Puts y = W·x of some rows in a queue. */
    public void run(GpuMatrix x, long count, GpuMatrix y, long workspace, LaunchQueue queue) {
      for (long row = 0; row < count; row += AlgorithmChoice.MOST_ROWS) {
        long some = Math.min(AlgorithmChoice.MOST_ROWS, count - row);
        queue.put(new Product(this, x.from(row), some, y.from(row), workspace));
      }
    }

    private void multiply(GpuMatrix x, long count, GpuMatrix y, long workspace, long stream) {
      shape(count, x.pitch(), y.pitch());
      product.multiply(
          algorithm, new BlasProduct.Operands(weight, x.address(), y.address(), workspace), stream);
    }

    private void shape(long count, long newXPitch, long newYPitch) {
      if (rows != count) {
        rows = -1; // of none, should one of the next two fail
        BlasLt.setRows(product.x(), count, number);
        BlasLt.setRows(product.y(), count, number);
        rows = count;
      }
      if (xPitch != newXPitch) {
        BlasLt.setPitch(product.x(), newXPitch, number);
        xPitch = newXPitch;
      }
      if (yPitch != newYPitch) {
        BlasLt.setPitch(product.y(), newYPitch, number);
        yPitch = newYPitch;
      }
    }

    @Override
    public void close() {
      releases.close();
    }
  }

  /**
   * A multiplication of some rows.
   *
   * @param workspace address of cuBLASLt's scratch memory
   */
  private record Product(Call call, GpuMatrix x, long rows, GpuMatrix y, long workspace)
      implements Launch {
    @Override
    public void on(long stream) {
      call.multiply(x, rows, y, workspace, stream);
    }
  }
}
