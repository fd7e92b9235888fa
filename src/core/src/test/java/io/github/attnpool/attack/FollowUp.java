package io.github.attnpool.attack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.PoolingState;
import io.github.attnpool.RankedRow;
import io.github.attnpool.Sequences;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Bits;
import io.github.attnpool.testkit.Run;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;

/** Ways to have a batch pooled again, all of which must give the bits that it gave before. */
enum FollowUp {
  OTHER_MEMORY {
    @Override
    int run(Target target, Batch batch, Run all, Random random) {
      AttentionPooling layer = target.layer();
      Placement placement = Placement.draw(random);
      try (Arena arena = Arena.ofConfined()) {
        Sequences in = batch.sequences(placement.of(batch, arena), arena);
        Outputs out = Run.room(layer, in, arena, Run.all(layer));
        layer.forward(in, out);
        Bits.assertSame(all, Run.copyOf(out), " of " + placement);
      }
      return 1;
    }
  },

  SOME_OUTPUTS {
    @Override
    int run(Target target, Batch batch, Run all, Random random) {
      EnumSet<Output> wanted = EnumSet.noneOf(Output.class);
      for (Output output : Run.all(target.layer())) {
        if (random.nextBoolean()) {
          wanted.add(output);
        }
      }
      if (wanted.isEmpty()) {
        return 0;
      }
      Run some = Run.of(target.layer(), batch, wanted);
      assertSame(all.scores, some.scores, Output.SCORES, wanted);
      assertSame(all.weights, some.weights, Output.WEIGHTS, wanted);
      assertSame(all.context, some.context, Output.CONTEXT, wanted);
      assertSame(all.logits, some.logits, Output.LOGITS, wanted);
      return 1;
    }

    private static void assertSame(
        float[] expected, float[] actual, Output output, Set<Output> wanted) {
      Bits.assertSame(
          wanted.contains(output) ? expected : new float[0], actual, output + " of " + wanted);
    }
  },

  /** Room for more, used twice, with the best rows picked. */
  LARGER_OUTPUTS {
    @Override
    int run(Target target, Batch batch, Run all, Random random) {
      AttentionPooling layer = target.layer();
      try (Arena arena = Arena.ofConfined()) {
        Sequences in = batch.sequences(arena);
        Outputs out =
            layer.allocate(
                batch.batch() + random.nextInt(3),
                (long) batch.positions() + random.nextInt(9),
                arena,
                Run.all(layer));
        layer.forward(in, out);
        layer.forward(in, out);
        Bits.assertSame(all, Run.copyOf(out), " in larger outputs");
        if (batch.batch() > 0) {
          checkTop(target, batch, all, in, out, random);
        }
      }
      return 2;
    }

    private static void checkTop(
        Target target, Batch batch, Run all, Sequences in, Outputs out, Random random) {
      int heads = target.parameters().heads();
      int b = random.nextInt(batch.batch());
      int head = random.nextInt(heads);
      int k = 1 + random.nextInt(9);
      List<RankedRow> expected =
          IntStream.range(batch.begin(b), batch.end(b))
              .mapToObj(
                  t ->
                      new RankedRow(
                          t - batch.begin(b), all.weights[batch.index(heads, head, b, t)]))
              .sorted((one, other) -> Float.compare(other.weight(), one.weight()))
              .limit(k)
              .toList();
      assertEquals(expected, out.top(in, b, head, k), "top rows");
    }
  },

  KEYS {
    @Override
    int run(Target target, Batch batch, Run all, Random random) {
      if (!target.hasKeys()) {
        return 0;
      }
      Bits.assertSame(all, Run.fromKeys(target.layer(), batch), " from keys");
      return 2;
    }
  },

  OTHER_PADDING {
    @Override
    int run(Target target, Batch batch, Run all, Random random) {
      if (target.emptySequence() == EmptySequencePolicy.UNIFORM) {
        return 0; // pools the padding, where there is nothing else
      }
      float padding =
          Draw.oneOf(random, List.of(Float.NaN, Float.NEGATIVE_INFINITY, Float.MAX_VALUE));
      Bits.assertSame(all, Run.of(target.layer(), batch.withPadding(padding)), " padded otherwise");
      return 1;
    }
  },

  /** One sequence in a batch of its own, and from an array. */
  ALONE {
    @Override
    int run(Target target, Batch batch, Run all, Random random) {
      int b = oneSequence(target, batch, random);
      if (b < 0) {
        return 0;
      }
      Batch own = batch.alone(b, random.nextBoolean());
      float[] context = context(target, all, b);
      Run alone = Run.of(target.layer(), own);
      Bits.assertSame(context, alone.context, "context of a sequence alone");
      int logits = target.parameters().logitCount();
      Bits.assertSame(
          Arrays.copyOfRange(all.logits, b * logits, (b + 1) * logits),
          alone.logits,
          "logits of a sequence alone");
      if (batch.hasQueries()) {
        return 1;
      }
      float[] pooled = target.layer().pool(rows(own, 0, own.positions()), own.positions());
      Bits.assertSame(context, pooled, "context of an array");
      return 2;
    }
  },

  /** A sequence as one part gives the same bits; as several, of states that are merged, nearly. */
  STATES {
    private static final double ROUNDING = 1e-5;

    @Override
    int run(Target target, Batch batch, Run all, Random random) {
      int b = target.streams() ? oneSequence(target, batch, random) : -1;
      if (b < 0) {
        return 0;
      }
      Batch own = batch.alone(b, true);
      float[] expected = context(target, all, b);
      int rows = own.positions();
      int cut = random.nextInt(rows + 1);
      AttentionPooling layer = target.layer();
      try (PoolingState whole = layer.newState();
          PoolingState first = layer.newState();
          PoolingState second = layer.newState()) {
        add(whole, own, 0, rows);
        Bits.assertSame(expected, whole.context(), "context of a state");
        add(first, own, 0, cut);
        add(second, own, cut, rows);
        try (PoolingState read = layer.stateFromBytes(second.toBytes())) {
          first.merge(read);
        }
        assertEquals(rows, first.rows());
        assertClose(expected, first.context());
      }
      return 3;
    }

    private static void add(PoolingState state, Batch own, int from, int to) {
      Batch part = Batch.ragged(rows(own, from, to), own.width(), 0, to - from);
      try (Arena arena = Arena.ofConfined()) {
        state.add(part.withQueries(own.query(0)).sequences(arena));
      }
    }

    private static void assertClose(float[] expected, float[] actual) {
      double error = 0;
      double size = expected.length; // results that are all but 0 are sums of terms that are not
      for (int i = 0; i < expected.length; i++) {
        error += Math.pow((double) expected[i] - actual[i], 2);
        size += Math.pow(expected[i], 2);
      }
      double relative = Math.sqrt(error / size);
      assertTrue(relative <= ROUNDING, () -> "a merged state is off by " + relative);
    }
  },

  INTERRUPTED {
    @Override
    int run(Target target, Batch batch, Run all, Random random) {
      Thread.currentThread().interrupt();
      try {
        Bits.assertSame(all, Run.of(target.layer(), batch), " of an interrupted thread");
      } finally {
        assertTrue(Thread.interrupted(), "the interrupt is gone");
      }
      return 1;
    }
  },

  SMALL_STACK {
    private static final long BYTES = 256 << 10;

    @Override
    int run(Target target, Batch batch, Run all, Random random) {
      FutureTask<Run> call = new FutureTask<>(() -> Run.of(target.layer(), batch));
      Thread thread =
          random.nextBoolean()
              ? Thread.ofVirtual().unstarted(call)
              : new Thread(null, call, "small stack", BYTES);
      thread.start();
      try {
        Bits.assertSame(all, call.get(), " of " + thread);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof AttnPoolException closed) {
          throw closed;
        }
        throw new AssertionError("in a thread of its own", e.getCause());
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return 1;
    }
  };

  /**
   * Runs it.
   *
   * @param all what the batch gave before
   * @return how many calls that were; 0 if the layer does not have this
   */
  abstract int run(Target target, Batch batch, Run all, Random random);

  /** A sequence with rows, in a batch whose sequences do not depend on it; −1 if there is none. */
  private static int oneSequence(Target target, Batch batch, Random random) {
    if (batch.hasScoreBias() || (target.takesPlaces() && batch.isMasked())) {
      return -1;
    }
    List<Integer> withRows = new ArrayList<>();
    for (int b = 0; b < batch.batch(); b++) {
      if (batch.count(b) > 0) {
        withRows.add(b);
      }
    }
    return withRows.isEmpty() ? -1 : Draw.oneOf(random, withRows);
  }

  private static float[] context(Target target, Run all, int b) {
    int size = target.parameters().contexts() * target.parameters().width();
    return Arrays.copyOfRange(all.context, b * size, (b + 1) * size);
  }

  private static float[] rows(Batch batch, int from, int to) {
    float[] rows = new float[(to - from) * batch.width()];
    for (int row = from; row < to; row++) {
      double[] values = batch.row(row);
      for (int i = 0; i < values.length; i++) {
        rows[(row - from) * values.length + i] = (float) values[i];
      }
    }
    return rows;
  }
}
