package io.github.attnpool.attack;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.Linear;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.PoolingState;
import io.github.attnpool.Precision;
import io.github.attnpool.ProjectedKeys;
import io.github.attnpool.Rows;
import io.github.attnpool.Sequences;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Run;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Wrong arguments, one at a time beside right ones: each must be refused by our exception. */
final class WrongCall {
  /** A call with something wrong. */
  private interface Call {
    void make(WrongCall of) throws Exception;
  }

  private static final List<Map.Entry<String, Call>> ALL = all();

  private final Target target;
  private final AttentionPooling layer;
  private final Batch batch;
  private final Random random;
  private final Arena arena;
  private final Sequences in;
  private final Outputs out;

  private WrongCall(Target target, Batch batch, Random random, Arena arena) {
    this.target = target;
    this.layer = target.layer();
    this.batch = batch;
    this.random = random;
    this.arena = arena;
    this.in = batch.sequences(arena);
    this.out = Run.room(layer, in, arena, Run.all(layer));
  }

  /** Makes one of them. */
  static void make(Target target, Batch batch, Random random) {
    Map.Entry<String, Call> wrong = Draw.oneOf(random, ALL);
    try (Arena arena = Arena.ofConfined()) {
      wrong.getValue().make(new WrongCall(target, batch, random, arena));
    } catch (AttnPoolException e) {
      if (e.problem().isBlank() || e.getMessage().contains("\n")) {
        throw new AssertionError(wrong.getKey() + " is refused by \"" + e.getMessage() + "\"");
      }
      return;
    } catch (Exception e) {
      throw new AssertionError(wrong.getKey() + " is refused by another exception", e);
    }
    throw new AssertionError(wrong.getKey() + " is not refused");
  }

  private static List<Map.Entry<String, Call>> all() {
    Map<String, Call> all = new LinkedHashMap<>();
    addRows(all);
    addSequences(all);
    addOutputs(all);
    addCalls(all);
    addStates(all);
    addLayers(all);
    return List.copyOf(all.entrySet());
  }

  private static void addRows(Map<String, Call> all) {
    all.put("no x", of -> of.padded(null, ElementType.F32, 1, 1, of.width()));
    all.put("no type", of -> of.padded(of.floats(of.width()), null, 1, 1, of.width()));
    all.put(
        "x of integers", of -> of.padded(of.floats(of.width()), ElementType.I32, 1, 1, of.width()));
    all.put("x of F64", of -> of.padded(of.floats(8), ElementType.F64, 1, 1, 4));
    all.put("width 0", of -> of.padded(of.floats(0), ElementType.F32, 1, 1, 0));
    all.put("negative width", of -> of.padded(of.floats(4), ElementType.F32, 1, 1, -of.some()));
    all.put("too little x", of -> of.padded(of.floats(7), ElementType.F32, 2, 2, 2));
    all.put("too much x", of -> of.padded(of.floats(8 + of.some()), ElementType.F32, 2, 2, 2));
    all.put(
        "huge sizes",
        of -> of.padded(of.floats(4), ElementType.F32, Integer.MAX_VALUE, Long.MAX_VALUE / 3, 4));
    all.put(
        "a pitch below the width", of -> Rows.of(new float[9], 3).withPitch(of.random.nextInt(3)));
    all.put("no array", of -> Rows.of((float[]) null, 3));
  }

  private static void addSequences(Map<String, Call> all) {
    all.put("negative batch", of -> of.padded(of.floats(0), ElementType.F32, -of.some(), 0, 2));
    all.put("negative steps", of -> of.padded(of.floats(0), ElementType.F32, 0, -of.some(), 2));
    all.put("no offsets", of -> Sequences.ragged(Rows.of(new float[4], 2)));
    all.put("a first offset above 0", of -> Sequences.ragged(Rows.of(new float[4], 2), 1, 2));
    all.put(
        "falling offsets", of -> Sequences.ragged(Rows.of(new float[4], 2), 0, 1 + of.some(), 1));
    all.put(
        "offsets past the rows",
        of -> Sequences.ragged(Rows.of(new float[4], 2), 0, 2 + of.some()));
    all.put("a length above the steps", of -> of.six().withLengths(2, 2, 2 + of.some()));
    all.put("a negative length", of -> of.six().withLengths(2, -of.some(), 2));
    all.put("too few lengths", of -> of.six().withLengths(2, 2));
    all.put("no lengths", of -> of.six().withLengths((long[]) null));
    all.put("lengths twice", of -> of.six().withLengths(1, 1, 1).withLengths(1, 1, 1));
    all.put("a small mask", of -> of.six().withKeepMask(of.arena.allocate(5)));
    all.put("no mask", of -> of.six().withKeepMask(null));
    all.put(
        "a mask of other bytes",
        of -> {
          MemorySegment keep = of.arena.allocate(6);
          keep.set(JAVA_BYTE, of.random.nextInt(6), (byte) (1 + of.some()));
          of.six().withKeepMask(keep);
        });
    all.put("queries of no size", of -> of.six().withQueries(of.floats(4)));
    all.put("no queries", of -> of.six().withQueries(null));
    all.put("a small bias", of -> of.six().withScoreBias(of.floats(5)));
    all.put(
        "a bias for no heads", of -> of.six().withScoreBias(of.floats(6), -of.random.nextInt(3)));
    all.put(
        "a bias of NaN",
        of -> {
          float[] bias = new float[6];
          bias[of.random.nextInt(6)] = of.random.nextBoolean() ? Float.NaN : 1 / 0f;
          of.six().withScoreBias(MemorySegment.ofArray(bias));
        });
    all.put(
        "arrays to a closed arena", _ -> Sequences.copyOf(List.of(new float[4]), 2, closedArena()));
    all.put("arrays of parts of rows", of -> Sequences.copyOf(List.of(new float[5]), 2, of.arena));
  }

  private static void addOutputs(Map<String, Call> all) {
    all.put("no outputs wanted", of -> of.layer.allocate(of.in, of.arena, Set.of()));
    all.put("no sequences", of -> of.layer.allocate(null, of.arena));
    all.put("no arena", of -> of.layer.allocate(of.in, null));
    all.put("a closed arena", of -> of.layer.allocate(of.in, closedArena()));
    all.put(
        "a negative capacity",
        of -> of.layer.allocate(-of.some(), 1, of.arena, EnumSet.of(Output.CONTEXT)));
    all.put(
        "a huge capacity",
        of -> of.layer.allocate(1, Long.MAX_VALUE / 2, of.arena, EnumSet.of(Output.WEIGHTS)));
    all.put("a wrong sequence's top rows", of -> of.out.top(of.in, of.in.batch(), 0, 1));
    all.put("a wrong head's top rows", of -> of.out.top(of.in, 0, of.out.heads(), 1));
    all.put("no top rows", of -> of.out.top(of.in, 0, 0, -of.random.nextInt(3)));
  }

  private static void addCalls(Map<String, Call> all) {
    all.put("a call without sequences", of -> of.layer.forward((Sequences) null, of.out));
    all.put("a call without keys", of -> of.layer.forward((ProjectedKeys) null, of.out));
    all.put("a call without outputs", of -> of.layer.forward(of.in, null));
    all.put(
        "rows of another width",
        of -> {
          int width = of.width() + of.some();
          Sequences wide = Sequences.ragged(Rows.of(new float[width], width), 0, 1);
          of.layer.forward(wide, of.layer.allocate(wide, of.arena));
        });
    all.put(
        "small outputs",
        of -> {
          Sequences more = of.sequences(of.in.batch() + of.some());
          of.layer.forward(more, of.out);
        });
    all.put(
        "outputs of another layer",
        of -> {
          try (AttentionPooling other = other(of.target)) {
            other.forward(of.in, of.out);
          }
        });
    all.put(
        "queries of another width",
        of -> {
          int wrong = of.target.parameters().queryWidth() + of.some();
          of.layer.forward(of.sequences(1).withQueries(of.floats(wrong)), of.out(1));
        });
    all.put(
        "queries on the heap",
        of -> {
          int width = Math.max(1, of.target.parameters().queryWidth());
          MemorySegment queries = MemorySegment.ofArray(new float[width]);
          of.layer.forward(of.sequences(1).withQueries(queries), of.out(1));
        });
    all.put(
        "a bias for other heads",
        of -> {
          int heads = of.target.parameters().heads() + 1;
          of.layer.forward(of.sequences(1).withScoreBias(of.floats(heads), heads), of.out(1));
        });
    all.put(
        "x in a closed arena",
        of -> {
          Sequences gone;
          try (Arena closed = Arena.ofConfined()) {
            gone = of.batch.sequences(closed);
          }
          of.layer.forward(gone, of.out);
        });
    all.put(
        "x of another thread",
        of -> {
          try (Arena others = Arena.ofConfined()) {
            Sequences theirs = of.batch.sequences(others);
            of.elsewhere(() -> of.layer.forward(theirs, of.out));
          }
        });
    all.put(
        "outputs in a closed arena",
        of -> {
          Outputs gone;
          try (Arena closed = Arena.ofConfined()) {
            gone = of.layer.allocate(of.in, closed);
          }
          of.layer.forward(of.in, gone);
        });
    all.put("no array to pool", of -> of.layer.pool(null, of.some()));
    all.put(
        "an array of other rows", of -> of.layer.pool(new float[of.width() * 2], 2 + of.some()));
    all.put("negative rows", of -> of.layer.pool(new float[0], -of.some()));
    all.put(
        "keys of another layer",
        of -> {
          if (!of.target.hasKeys()) {
            throw new AttnPoolException("attack", "has no keys");
          }
          try (Target other = of.target.again()) {
            other.layer().forward(of.layer.projectKeys(of.in, of.arena), of.out);
          }
        });
    all.put("keys without an arena", of -> of.layer.projectKeys(of.in, null));
  }

  private static void addStates(Map<String, Call> all) {
    all.put("no part", of -> of.withState(state -> state.add((Sequences) null)));
    all.put("a part of several", of -> of.withState(state -> state.add(of.sequences(2))));
    all.put(
        "small room for scores",
        of ->
            of.withState(
                state -> {
                  long room = 4L * of.target.parameters().heads() - 1;
                  state.add(of.sequences(1), of.arena.allocate(room));
                }));
    all.put("no state to merge", of -> of.withState(state -> state.merge(null)));
    all.put(
        "another layer's state",
        of ->
            of.withState(
                state -> {
                  try (AttentionPooling other = other(of.target);
                      PoolingState theirs = other.newState()) {
                    state.merge(theirs);
                  }
                }));
    all.put(
        "a wrong head's weights",
        of ->
            of.withState(
                state -> state.weights(of.target.parameters().heads(), of.arena.allocate(4))));
    all.put("small room for the context", of -> of.withState(state -> state.context(of.floats(0))));
    all.put(
        "a closed state",
        of ->
            of.withState(
                state -> {
                  state.close();
                  state.reset();
                }));
    all.put(
        "damaged bytes of a state",
        of ->
            of.withState(
                state -> {
                  byte[] bytes = state.toBytes();
                  bytes[of.random.nextInt(bytes.length)] ^= (byte) of.some();
                  of.layer.stateFromBytes(bytes).close();
                }));
    all.put("bytes that are no state", of -> of.layer.stateFromBytes(of.noise()).close());
    all.put("no bytes of a state", of -> of.layer.stateFromBytes(null).close());
  }

  private static void addLayers(Map<String, Call> all) {
    all.put("no threads", of -> of.builder().threads(-of.random.nextInt(2)).build().close());
    all.put(
        "too many threads",
        of ->
            of.builder().threads(AttentionPooling.Builder.MAX_THREADS + of.some()).build().close());
    all.put("no such backend", of -> of.builder().backend("none" + of.some()).build().close());
    all.put(
        "a precision that the backend lacks",
        of -> of.builder().backend("jvm").precision(Precision.BF16).build().close());
    all.put(
        "a closed layer",
        of -> {
          Target closed = of.target.again();
          closed.close();
          closed.layer().forward(of.in, of.out);
        });
    all.put("a checkpoint of noise", of -> AttentionPooling.load(of.noise()).close());
  }

  private AttentionPooling.Builder builder() {
    return AttentionPooling.builder(target.parameters());
  }

  /** A layer with one head more. */
  private static AttentionPooling other(Target target) {
    int width = target.parameters().inputWidth();
    int heads = target.parameters().heads() + 1;
    return AttentionPooling.builder(
            AttentionParameters.linear(Linear.of(heads, width, new float[heads * width])))
        .backend("jvm")
        .threads(1)
        .build();
  }

  private interface UseOfState {
    void make(PoolingState state) throws Exception;
  }

  private void withState(UseOfState use) throws Exception {
    try (PoolingState state = layer.newState()) {
      use.make(state);
    }
  }

  /** Runs something in another thread, and fails as it fails. */
  private void elsewhere(Runnable call) throws Exception {
    RuntimeException[] failure = new RuntimeException[1];
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    call.run();
                  } catch (RuntimeException e) {
                    failure[0] = e;
                  }
                });
    thread.join();
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  private void padded(MemorySegment x, ElementType type, int batch, long steps, int width) {
    Sequences.padded(x, type, batch, steps, width);
  }

  /** Zeros, as many sequences of one row each as are asked for. */
  private Sequences sequences(int count) {
    long[] offsets = new long[count + 1];
    for (int b = 1; b <= count; b++) {
      offsets[b] = b;
    }
    return Sequences.ragged(Rows.of(new float[count * width()], width()), offsets);
  }

  private Outputs out(int count) {
    return layer.allocate(sequences(count), arena);
  }

  /** Three sequences of two rows. */
  private Sequences six() {
    return Sequences.padded(Rows.of(new float[12], 2), 3, 2);
  }

  private int width() {
    return target.parameters().inputWidth();
  }

  private MemorySegment floats(long count) {
    return arena.allocate(count * Float.BYTES, Float.BYTES);
  }

  private byte[] noise() {
    byte[] noise = new byte[random.nextInt(200)];
    random.nextBytes(noise);
    return noise;
  }

  private int some() {
    return 1 + random.nextInt(5);
  }

  private static Arena closedArena() {
    Arena arena = Arena.ofConfined();
    arena.close();
    return arena;
  }
}
