package io.github.attnpool;

import io.github.attnpool.testkit.Variant;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Runs in a JVM of its own: forward calls over a mapped file that is cut short, before a call and
 * in the middle of calls. The layer must go on to serve sound input.
 */
final class ForwardWhileCut {
  private static final int WIDTH = 64;
  private static final int ROWS = 20_000;
  private static final int ROUNDS = 5;

  private ForwardWhileCut() {}

  public static void main(String[] args) throws Exception {
    Path path = Path.of(args[0]);
    Variant variant =
        new Variant(args[1], Plan.valueOf(args[2]), Precision.F32, Integer.parseInt(args[3]));
    float[] weights = new float[WIDTH * WIDTH];
    Arrays.fill(weights, 0.01f);
    Linear hidden = Linear.of(WIDTH, WIDTH, weights);
    Linear score = Linear.of(1, WIDTH, Arrays.copyOf(weights, WIDTH));
    try (AttentionPooling layer =
        variant.builder(AttentionParameters.additive(hidden, score)).build()) {
      float[] sound = new float[10 * WIDTH];
      Arrays.fill(sound, 3);
      int noticed = 0;
      for (int round = 0; round < ROUNDS; round++) {
        noticed += cutMeanwhile(layer, path) ? 1 : 0;
        float result = layer.pool(sound, 10)[WIDTH - 1];
        if (Math.abs(result - 3) > 1e-5) {
          throw new IllegalStateException("the layer is damaged: " + result);
        }
      }
      System.out.println(noticed + " of " + ROUNDS);
    }
  }

  /** Whether the exception comes, again and again, once the file is cut. */
  private static boolean cutMeanwhile(AttentionPooling layer, Path path) throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        Arena arena = Arena.ofShared()) {
      file.setLength((long) ROWS * WIDTH * Float.BYTES);
      MemorySegment x =
          file.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, file.length(), arena);
      Sequences in = Sequences.padded(x, ElementType.F32, 4, ROWS / 4, WIDTH);
      Outputs out = layer.allocate(in, arena);
      layer.forward(in, out);
      Thread cutter = Thread.ofPlatform().start(() -> cut(file));
      while (cutter.isAlive()) {
        fails(layer, in, out); // or does not yet
      }
      cutter.join();
      boolean first = fails(layer, in, out);
      boolean second = fails(layer, in, out);
      return first && second;
    }
  }

  private static void cut(RandomAccessFile file) {
    try {
      Thread.sleep(3);
      file.setLength(100_000);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean fails(AttentionPooling layer, Sequences in, Outputs out) {
    try {
      layer.forward(in, out);
      return false;
    } catch (AttnPoolException e) {
      if (e.getMessage().contains("was a mapped file cut?")) {
        return true;
      }
      throw e;
    }
  }
}
