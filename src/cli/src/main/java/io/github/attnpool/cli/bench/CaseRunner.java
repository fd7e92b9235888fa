package io.github.attnpool.cli.bench;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.LayerInfo;
import io.github.attnpool.Outputs;
import io.github.attnpool.Sequences;
import io.github.attnpool.cli.options.LayerOptions.Settings;
import java.lang.foreign.Arena;

/** Runs one case after another, each with a layer and data of its own. */
final class CaseRunner {
  private final ElementType input;
  private final double seconds;
  private final Peak peak;

  /**
   * @param input type of x
   * @param seconds how long to measure each
   * @param peak measured just before and just after each, under like conditions
   */
  CaseRunner(ElementType input, double seconds, Peak peak) {
    this.input = input;
    this.seconds = seconds;
    this.peak = peak;
  }

  Outcome run(Shape shape, Settings settings) {
    try {
      return measure(shape, settings);
    } catch (AttnPoolException e) {
      return new Outcome.NotRun(shape, settings, e.problem(), e);
    } catch (OutOfMemoryError e) {
      return new Outcome.NotRun(shape, settings, "not enough memory: " + e.getMessage(), e);
    }
  }

  private Outcome measure(Shape shape, Settings settings) {
    MemoryNeed.checkHeap(shape);
    try (AttentionPooling layer = settings.build(RandomData.parameters(shape));
        Arena arena = Arena.ofShared()) { // shared: the layer's threads must reach it
      LayerInfo info = layer.info();
      MemoryNeed.checkNative(shape, input, info.plan());
      Sequences in = RandomData.rows(shape, input, arena);
      Outputs out = layer.allocate(in, arena);
      layer.warmUp();
      peak.measure(info);
      CallTimes times = CallTimes.measure(() -> layer.forward(in, out), seconds);
      peak.measure(info);
      return new Outcome.Measured(shape, info, times);
    }
  }
}
