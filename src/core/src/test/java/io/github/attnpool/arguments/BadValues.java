package io.github.attnpool.arguments;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.DeviceRows;
import io.github.attnpool.ElementType;
import io.github.attnpool.Linear;
import io.github.attnpool.PoolingState;
import io.github.attnpool.Rows;
import io.github.attnpool.Sequences;
import io.github.attnpool.Step;
import io.github.attnpool.batch.SequencesStream;
import io.github.attnpool.checkpoint.Checkpoint;
import io.github.attnpool.format.TensorFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Parameter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Arguments that are wrong, or may be: whatever is called with them may also succeed. */
final class BadValues {
  private final Map<Class<?>, Map<String, Object>> byType = new HashMap<>();
  private final Map<String, Map<String, Object>> byName = new HashMap<>();
  private final Arena good;

  /**
   * @param good shared
   * @param folder where files go
   */
  BadValues(Arena good, Path folder) throws Exception {
    this.good = good;
    numbers();
    arrays();
    collections();
    memory(folder);
    objects();
    paths(folder);
  }

  /** By what is wrong with them. Null is not among them. */
  Map<String, Object> of(Parameter parameter) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.putAll(byType.getOrDefault(parameter.getType(), Map.of()));
    byName
        .getOrDefault(parameter.getName(), Map.of())
        .forEach(
            (what, value) -> {
              if (parameter.getType().isInstance(value)) {
                all.put(what + " ", value);
              }
            });
    return all;
  }

  private void addNamed(String parameter, String what, Object value) {
    byName.computeIfAbsent(parameter, _ -> new LinkedHashMap<>()).put(what, value);
  }

  private void add(Class<?> type, String what, Object value) {
    byType.computeIfAbsent(type, _ -> new LinkedHashMap<>()).put(what, value);
  }

  private void numbers() {
    for (int value :
        new int[] {
          Integer.MIN_VALUE, -1, 0, 1, 7, 1 << 30, Integer.MAX_VALUE - 16, Integer.MAX_VALUE
        }) {
      add(int.class, "" + value, value);
    }
    for (long value :
        new long[] {
          Long.MIN_VALUE, -1, 0, 7, 1L << 31, 1L << 61, Long.MAX_VALUE / 4 + 1, Long.MAX_VALUE
        }) {
      add(long.class, "" + value, value);
    }
    for (double value :
        new double[] {
          Double.NaN,
          Double.POSITIVE_INFINITY,
          Double.NEGATIVE_INFINITY,
          -1,
          0,
          Double.MIN_VALUE,
          Double.MAX_VALUE
        }) {
      add(float.class, "" + value, (float) value);
      add(double.class, "" + value, value);
    }
  }

  private void arrays() {
    add(float[].class, "empty", new float[0]);
    add(float[].class, "of one", new float[1]);
    add(float[].class, "of many", new float[1000]);
    float[] odd = new float[8];
    Arrays.fill(odd, Float.NaN);
    add(float[].class, "of NaN", odd);
    add(byte[].class, "empty", new byte[0]);
    add(byte[].class, "of zeros", new byte[1000]);
    for (long[] values :
        new long[][] {
          {},
          {0},
          {-1, 6},
          {0, 7},
          {6, 0},
          {0, Long.MAX_VALUE},
          {Long.MAX_VALUE, Long.MAX_VALUE},
          {Long.MIN_VALUE, 0},
          new long[100]
        }) {
      add(long[].class, Arrays.toString(values), values);
    }
    add(Step[].class, "with null", new Step[] {null});
    add(Step[].class, "of others", new Step[] {Linear.of(5, 5, new float[25])});
    add(
        Step[].class,
        "of many",
        Collections.nCopies(1000, Linear.of(8, 8, new float[64])).toArray(Step[]::new));
    for (String text :
        List.of(
            "",
            "\0",
            "no such",
            "cuda:999999999999",
            ":",
            "cuda:",
            "\ud800",
            "x".repeat(100_000),
            "[".repeat(100_000),
            "{",
            "null",
            ".json",
            "\0.json")) {
      add(String.class, text.length() > 20 ? "long " + text.charAt(0) : text, text);
    }
  }

  private void collections() {
    add(List.class, "empty", List.of());
    add(List.class, "with null", Collections.singletonList(null));
    add(List.class, "absurdly long", Collections.nCopies(Integer.MAX_VALUE, null));
    addNamed(
        "sequences",
        "absurdly long, of one array",
        Collections.nCopies(Integer.MAX_VALUE, new float[8]));
    addNamed("hidden", "absurdly long", Collections.nCopies(Integer.MAX_VALUE, Activation.TANH));
    addNamed("score", "absurdly long", Collections.nCopies(Integer.MAX_VALUE, Activation.TANH));
    add(java.util.Set.class, "empty", new HashSet<>());
    add(java.util.Set.class, "with null", Collections.singleton(null));
    add(Map.class, "with null", Collections.singletonMap(null, null));
    add(Map.class, "with null value", Collections.singletonMap("x", null));
    addNamed("shapes", "with a negative shape", Map.of("x", new long[] {-1}));
    addNamed("shapes", "with a huge shape", Map.of("x", new long[] {1L << 62, 1L << 62}));
    addNamed("shapes", "with a large shape", Map.of("x", new long[] {1L << 60}));
    add(Optional.class, "of no array", Optional.of(new float[0]));
    add(OptionalInt.class, "of a negative number", OptionalInt.of(-1));
  }

  private void memory(Path folder) throws InterruptedException, IOException {
    Arena closed = Arena.ofShared();
    MemorySegment old = closed.allocate(192, 64);
    MemorySegment oldByte = closed.allocate(6);
    MemorySegment oldBatch = closed.allocate(64, 64);
    closed.close();
    Arena[] foreign = new Arena[1];
    Thread other = new Thread(() -> foreign[0] = Arena.ofConfined());
    other.start();
    other.join();
    MemorySegment[] theirs = new MemorySegment[3];
    Thread maker =
        new Thread(
            () -> {
              Arena confined = Arena.ofConfined();
              theirs[0] = confined.allocate(192, 64);
              theirs[1] = confined.allocate(6);
              theirs[2] = confined.allocate(64, 64);
            });
    maker.start();
    maker.join();
    add(Arena.class, "closed", closed);
    add(Arena.class, "of another thread", foreign[0]);
    add(Arena.class, "that gives null", new OddArena(good, _ -> null));
    add(Arena.class, "that gives read-only memory", new OddArena(good, MemorySegment::asReadOnly));
    add(Arena.class, "that gives too little", new OddArena(good, _ -> MemorySegment.NULL));
    add(
        Arena.class,
        "that gives heap memory",
        new OddArena(good, all -> MemorySegment.ofArray(new byte[(int) all.byteSize()])));
    add(Arena.class, "that gives closed memory", new OddArena(good, _ -> old));
    for (int size : new int[] {4, 6, 8, 12, 16, 24, 32, 64, 96, 192, 256}) {
      Arena soon = Arena.ofShared();
      MemorySegment gone = soon.allocate(size, 64);
      soon.close();
      add(MemorySegment.class, "closed, " + size, gone);
      MemorySegment[] made = new MemorySegment[1];
      Thread thread = new Thread(() -> made[0] = Arena.ofConfined().allocate(size, 64));
      thread.start();
      thread.join();
      add(MemorySegment.class, "of another thread, " + size, made[0]);
      add(MemorySegment.class, "read-only, " + size, good.allocate(size, 64).asReadOnly());
      add(MemorySegment.class, "on the heap, " + size, MemorySegment.ofArray(new byte[size]));
      add(
          MemorySegment.class,
          "of doubles, " + size,
          MemorySegment.ofArray(new double[(size + 7) / 8]).asSlice(0, size));
      add(
          MemorySegment.class,
          "not aligned, " + size,
          good.allocate(size + 64, 64).asSlice(1, size));
      add(
          MemorySegment.class,
          "of other bytes, " + size,
          good.allocate(size, 64).fill((byte) 0xff));
    }
    add(MemorySegment.class, "of nothing", MemorySegment.NULL);
    for (int size : new int[] {6, 8, 24, 48}) {
      add(MemorySegment.class, "cut, " + size, cut(folder.resolve("cut" + size), size));
    }
    add(ByteBuffer.class, "empty", ByteBuffer.allocate(0));
    add(ByteBuffer.class, "read-only", ByteBuffer.allocate(32).asReadOnlyBuffer());
    add(
        ByteBuffer.class,
        "of closed memory",
        oldBatch.equals(oldByte) ? null : theirs[2].asByteBuffer());
  }

  /** Memory of a file that does not have it any more. */
  private MemorySegment cut(Path file, int size) throws IOException {
    Files.write(file, new byte[size]);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, size, good);
      channel.truncate(0);
      return mapped;
    }
  }

  private void objects() {
    Linear odd = Linear.of(5, 5, new float[25]);
    add(Linear.class, "of other sizes", odd);
    add(Step.class, "of other sizes", odd);
    add(DeviceRows.class, "of nothing", new DeviceRows(0, 0));
    Sequences wide = Sequences.padded(good.allocate(36), ElementType.F32, 1, 1, 9);
    add(Sequences.class, "of wide rows", wide);
    add(Sequences.class, "empty", Sequences.padded(good.allocate(0), ElementType.F32, 0, 0, 8));
    add(
        Sequences.class,
        "on a device",
        Sequences.padded(Rows.of(new DeviceRows(64, 192), ElementType.F32, 8), 2, 3));
    add(
        Sequences.class,
        "larger",
        Sequences.padded(good.allocate(32 * 100), ElementType.F32, 10, 10, 8));
    for (Map.Entry<String, Object> bad : Map.copyOf(byType.get(MemorySegment.class)).entrySet()) {
      if (bad.getKey().endsWith(", 192")) {
        Rows rows = Rows.of((MemorySegment) bad.getValue(), ElementType.F32, 8);
        add(Rows.class, bad.getKey(), rows);
        add(Sequences.class, bad.getKey(), Sequences.padded(rows, 2, 3));
        add(Sequences.class, bad.getKey() + ", one", Sequences.ragged(rows, 0, 6));
        add(
            Sequences.class,
            "with queries, " + bad.getKey(),
            Sequences.padded(good.allocate(0), ElementType.F32, 12, 0, 8)
                .withQueries((MemorySegment) bad.getValue()));
      }
    }
    AttentionPooling closed =
        AttentionPooling.builder(GoodLayers.other()).backend("jvm").threads(1).build();
    PoolingState state = closed.newState();
    add(PoolingState.class, "of another layer", closed.newState());
    state.close();
    add(PoolingState.class, "closed", state);
    add(io.github.attnpool.Outputs.class, "of another layer", closed.allocate(wide, good));
    add(io.github.attnpool.ProjectedKeys.class, "of another layer", closed.projectKeys(wide, good));
  }

  private void paths(Path folder) throws Exception {
    Path fifo = folder.resolve("fifo");
    new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor();
    add(Path.class, "a named pipe", fifo);
    add(Path.class, "a folder", folder);
    add(Path.class, "missing", folder.resolve("missing"));
    add(Path.class, "in a missing folder", folder.resolve("no/file"));
    add(Path.class, "below a file", Files.createFile(folder.resolve("empty")).resolve("file"));
    add(Path.class, "an empty file", folder.resolve("empty"));
    add(Path.class, "of zeros", Files.write(folder.resolve("zeros"), new byte[100]));
    add(Path.class, "a device", Path.of("/dev/null"));
    add(Path.class, "endless", Path.of("/dev/zero"));
    add(Path.class, "no name", Path.of(""));
    add(Path.class, "the root", Path.of("/"));
    add(InputStream.class, "empty", new ByteArrayInputStream(new byte[0]));
    add(InputStream.class, "that fails", new Failing());
    Path checkpoint = folder.resolve("checkpoint.safetensors");
    TensorFile file = TensorFile.open(checkpoint);
    file.close();
    add(TensorFile.class, "closed", file);
    Path sequences = folder.resolve("sequences.safetensors");
    SequencesStream stream = SequencesStream.open(sequences);
    Arena arena = Arena.ofShared();
    add(io.github.attnpool.batch.RowChunk.class, "of a closed arena", stream.newChunk(4, 2, arena));
    arena.close();
    add(Checkpoint.class, "closed", Checkpoint.of(file));
  }

  @SuppressWarnings("InputStreamSlowMultibyteRead") // it fails at once
  private static final class Failing extends InputStream {
    @Override
    public int read() throws IOException {
      throw new IOException("broken");
    }
  }

  List<String> types() {
    return new ArrayList<>(byType.keySet().stream().map(Class::getSimpleName).toList());
  }
}
