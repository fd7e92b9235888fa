package io.github.attnpool.internal.cuda.gpucheck;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.ElementType;
import io.github.attnpool.EngineInputs;
import io.github.attnpool.Outputs;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.Sequences;
import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.cuda.engine.CudaCall;
import io.github.attnpool.internal.cuda.engine.Piece;
import io.github.attnpool.internal.cuda.engine.Pieces;
import io.github.attnpool.internal.cuda.engine.WorkLimits;
import io.github.attnpool.internal.cuda.nvidia.CurrentDevice;
import io.github.attnpool.internal.cuda.nvidia.GpuDevice;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.testkit.Batches;
import io.github.attnpool.testkit.Forms;
import java.lang.foreign.Arena;

/** Whether libraries and driver let launches be captured: without graphs small calls are slow. */
final class GpuGraphs {
  private GpuGraphs() {}

  static void check(GpuDevice device, GpuReport report) {
    report.heading("Graphs");
    for (Precision precision : Precision.values()) {
      String answer;
      try {
        answer = isCaptured(device, precision) ? "is one graph" : "is none, " + report.failed(null);
      } catch (RuntimeException | LinkageError e) {
        answer = report.failed(e);
      }
      report.line("- " + precision + ": a small call " + answer);
    }
  }

  private static boolean isCaptured(GpuDevice device, Precision precision) {
    AttentionParameters form = Forms.everything();
    DeviceMemory memory = new DeviceMemory();
    try (CurrentDevice _ = new CurrentDevice(device);
        Arena arena = Arena.ofConfined();
        DeviceParameters parameters = new DeviceParameters(PlainLayer.of(form), precision, memory);
        AttentionPooling layer = GpuForms.layer(form, Plan.FUSED, precision)) {
      WorkLimits limits = WorkLimits.of(parameters, Plan.FUSED, device.l2());
      Sequences in = Batches.ragged(form, ElementType.F32, arena, 7, 40, 3);
      Piece piece = new Pieces(limits).of(EngineInputs.of(in), false).getFirst();
      Outputs out = layer.allocate(in, arena);
      try (CudaCall call = new CudaCall(parameters, Plan.FUSED, limits, memory)) {
        for (int i = 0; i < 3; i++) {
          call.run(EngineInputs.of(in), piece, EngineInputs.of(out, in), null);
        }
        return call.graphs() == 1;
      }
    }
  }
}
