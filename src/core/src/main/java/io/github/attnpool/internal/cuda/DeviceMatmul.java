package io.github.attnpool.internal.cuda;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Linear;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A matrix W [outputs, inputs] on the device, ready to multiply rows: y = W·x. One algorithm,
 * chosen when the layer is built, serves every number of rows, so that a row's bits do not depend
 * on the rows beside it. Immutable; each thread calls it by a {@link Call} of its own.
 */
final class DeviceMatmul {
  private static final long MAX_WORKSPACE = 32L << 20;
  private static final int CANDIDATES = 16;

  /** Type of y: sums are kept in F32 and are not rounded before the activation. */
  private static final GpuType RESULT = GpuType.F32;

  private final long blas;
  private final long description;
  private final long weight;
  private final long weightLayout;
  private final int inputs;
  private final int outputs;
  private final GpuType type;
  private final BlasLt.Algorithm algorithm;

  /**
   * @param blas cuBLASLt's handle
   * @param type of W and x
   * @param tf32 whether F32 values may be rounded to TF32 in the products
   * @param rows in most calls
   * @param maps owner of what is made here
   */
  DeviceMatmul(long blas, Linear map, GpuType type, boolean tf32, long rows, ResidentArrays maps) {
    this.blas = blas;
    this.inputs = map.inputs();
    this.outputs = map.outputs();
    this.type = type;
    this.weight = maps.matrix(map.weight(), outputs, inputs, type);
    this.description = BlasLt.description(tf32);
    maps.releases().own(() -> BlasLt.destroyDescription(description));
    this.weightLayout = BlasLt.layout(type, outputs, inputs, type.pitch(inputs));
    maps.releases().own(() -> BlasLt.destroyLayout(weightLayout));
    this.algorithm = choose(rows, maps.arena());
  }

  private BlasLt.Algorithm choose(long rows, Arena arena) {
    try (Releases releases = new Releases();
        Arena scratch = Arena.ofConfined()) {
      long x = BlasLt.layout(type, rows, inputs, type.pitch(inputs));
      releases.own(() -> BlasLt.destroyLayout(x));
      long y = BlasLt.layout(RESULT, rows, outputs, RESULT.pitch(outputs));
      releases.own(() -> BlasLt.destroyLayout(y));
      long[] layouts = {weightLayout, x, y};
      List<BlasLt.Algorithm> candidates =
          BlasLt.algorithms(blas, description, layouts, MAX_WORKSPACE, CANDIDATES, arena);
      MemorySegment number = scratch.allocate(JAVA_LONG);
      for (BlasLt.Algorithm candidate : candidates) {
        long workspace = 0;
        for (long count : new long[] {1, 2, 3, 31, 64, 255, 256, 257, rows}) {
          if (count <= rows && workspace >= 0) {
            BlasLt.setRows(x, count, number);
            BlasLt.setRows(y, count, number);
            long more = BlasLt.check(blas, description, layouts, candidate);
            workspace = more < 0 ? -1 : Math.max(workspace, more);
          }
        }
        if (workspace >= 0 && workspace <= MAX_WORKSPACE) {
          return new BlasLt.Algorithm(candidate.bytes(), workspace);
        }
      }
      throw new AttnPoolException(
          "build layer",
          "cuBLASLt has no algorithm for %d to %d values in %s that serves any number of rows"
              .formatted(inputs, outputs, type));
    }
  }

  int inputs() {
    return inputs;
  }

  int outputs() {
    return outputs;
  }

  /** Bytes of scratch that a call needs. */
  long workspace() {
    return algorithm.workspace();
  }

  /**
   * One thread's way to call it. As a launch: x and its pitch, rows, y and its pitch, workspace.
   */
  final class Call implements Launch, AutoCloseable {
    private final Releases releases = new Releases();
    private final MemorySegment number;
    private final long xLayout;
    private final long yLayout;
    private long rows = 1;
    private long xPitch;
    private long yPitch;

    Call() {
      Arena arena = Arena.ofShared();
      releases.own(arena::close);
      try {
        number = arena.allocate(JAVA_LONG);
        xPitch = type.pitch(inputs);
        yPitch = RESULT.pitch(outputs);
        xLayout = BlasLt.layout(type, rows, inputs, xPitch);
        releases.own(() -> BlasLt.destroyLayout(xLayout));
        yLayout = BlasLt.layout(RESULT, rows, outputs, yPitch);
        releases.own(() -> BlasLt.destroyLayout(yLayout));
      } catch (RuntimeException | Error e) {
        releases.closeAfter(e);
        throw e;
      }
    }

    /** Puts the multiplication of some rows in a queue. */
    void run(GpuMatrix x, long count, GpuMatrix y, long workspace, LaunchQueue queue) {
      queue.put(this, x.address(), x.pitch(), count, y.address(), y.pitch(), workspace);
    }

    @Override
    public void on(long stream, long... numbers) {
      shape(numbers[2], numbers[1], numbers[4]);
      BlasLt.multiply(
          blas,
          description,
          weight,
          weightLayout,
          numbers[0],
          xLayout,
          numbers[3],
          yLayout,
          algorithm,
          numbers[5],
          stream);
    }

    private void shape(long count, long newXPitch, long newYPitch) {
      if (rows != count) {
        rows = -1; // of none, should one of the next two fail
        BlasLt.setRows(xLayout, count, number);
        BlasLt.setRows(yLayout, count, number);
        rows = count;
      }
      if (xPitch != newXPitch) {
        BlasLt.setPitch(xLayout, newXPitch, number);
        xPitch = newXPitch;
      }
      if (yPitch != newYPitch) {
        BlasLt.setPitch(yLayout, newYPitch, number);
        yPitch = newYPitch;
      }
    }

    @Override
    public void close() {
      releases.close();
    }
  }
}
