package io.github.attnpool.arguments;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.BatchNorm;
import io.github.attnpool.DeviceRows;
import io.github.attnpool.Divide;
import io.github.attnpool.ElementType;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.LayerInfo;
import io.github.attnpool.LayerNorm;
import io.github.attnpool.Linear;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.Plan;
import io.github.attnpool.PoolingState;
import io.github.attnpool.Precision;
import io.github.attnpool.ProjectedKeys;
import io.github.attnpool.RankedRow;
import io.github.attnpool.Rows;
import io.github.attnpool.Sequences;
import io.github.attnpool.Step;
import io.github.attnpool.StepBias;
import io.github.attnpool.batch.Coordinates;
import io.github.attnpool.batch.InputOptions;
import io.github.attnpool.batch.RowChunk;
import io.github.attnpool.batch.SequencesFile;
import io.github.attnpool.batch.SequencesStream;
import io.github.attnpool.checkpoint.Checkpoint;
import io.github.attnpool.checkpoint.CheckpointLayer;
import io.github.attnpool.checkpoint.LayerMatch;
import io.github.attnpool.checkpoint.LayerOutline;
import io.github.attnpool.checkpoint.LayerReader;
import io.github.attnpool.checkpoint.Layout;
import io.github.attnpool.format.PartsWriter;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.format.TensorSource;
import io.github.attnpool.spi.Availability;
import io.github.attnpool.spi.Backend;
import io.github.attnpool.spi.Engine;
import io.github.attnpool.spi.EngineOptions;
import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.OutputMemory;
import io.github.attnpool.spi.RowBatch;
import io.github.attnpool.spi.ScoreBias;
import io.github.attnpool.spi.SequenceBounds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Arguments that are right, and objects to call methods of, of a layer with rows of 8 values, 4
 * hidden units, 2 heads and 3 logits, for a batch of 2 sequences with 3 rows. Each is made anew.
 */
final class GoodValues {
  private static final int WIDTH = 8;

  private Arena arena;
  private final Path folder;
  private final Path checkpoint;
  private final Path sequences;
  private final Map<Class<?>, Supplier<?>> byType = new HashMap<>();
  private final Map<String, Supplier<?>> byName = new HashMap<>(); // Type.method.parameter
  private AttentionPooling layer; // the one made last to be called
  private int files;

  /**
   * @param arena shared
   * @param folder where files go
   */
  GoodValues(Arena arena, Path folder) {
    this.arena = arena;
    this.folder = folder;
    this.checkpoint = folder.resolve("checkpoint.safetensors");
    this.sequences = folder.resolve("sequences.safetensors");
    SafetensorsWriter.write(
        checkpoint,
        List.of(
            Tensor.of("W.weight", new float[32], 4, 8),
            Tensor.of("W.bias", new float[4], 4),
            Tensor.of("a.weight", new float[8], 2, 4),
            Tensor.of("a.bias", new float[2], 2)),
        Map.of());
    SafetensorsWriter.write(
        sequences,
        List.of(
            Tensor.of("x", new float[48], 2, 3, 8),
            Tensor.of("coords", new float[12], 6, 2),
            new Tensor("keep", ElementType.U8, new long[] {2, 3}, keep())),
        Map.of());
    plainTypes();
    values();
    layer();
    backends();
    files();
    named();
  }

  /** A value for a parameter. */
  Object of(Executable call, Parameter parameter) {
    String place =
        call.getDeclaringClass().getSimpleName()
            + "."
            + (call instanceof java.lang.reflect.Constructor<?> ? "new" : call.getName())
            + ".";
    Supplier<?> made = byName.get(place + parameter.getName());
    made = made != null ? made : byName.get(parameter.getName() + " " + simple(parameter));
    made = made != null ? made : byName.get(parameter.getName());
    if (made == null || !fits(parameter.getType(), made)) {
      made = byType.get(parameter.getType());
    }
    if (made == null) {
      throw new IllegalStateException("no good value for " + place + parameter);
    }
    return made.get();
  }

  private static boolean fits(Class<?> type, Supplier<?> made) {
    Object value = made.get();
    return type.isInstance(value)
        || (type == int.class && value instanceof Integer)
        || (type == long.class && value instanceof Long)
        || (type == float.class && value instanceof Float)
        || (type == double.class && value instanceof Double);
  }

  private static String simple(Parameter parameter) {
    return parameter.getType().getSimpleName();
  }

  /** An object to call methods of. */
  Object receiver(Class<?> type) {
    Supplier<?> made = byType.get(type);
    if (made == null) {
      throw new IllegalStateException("no object of " + type);
    }
    return made.get();
  }

  /** An object to call methods of, whose memory is closed. */
  Object receiverOfClosedMemory(Class<?> type) {
    Arena before = arena;
    arena = Arena.ofShared();
    try {
      return receiver(type);
    } finally {
      arena.close();
      arena = before;
    }
  }

  boolean hasReceiver(Class<?> type) {
    return byType.containsKey(type);
  }

  private <T> void type(Class<T> type, Supplier<? extends T> made) {
    byType.put(type, made);
  }

  private void name(String name, Supplier<?> made) {
    byName.put(name, made);
  }

  private void plainTypes() {
    byType.put(int.class, () -> 1);
    byType.put(long.class, () -> 1L);
    byType.put(float.class, () -> 1f);
    byType.put(double.class, () -> 1e-5);
    type(String.class, () -> "x");
    type(float[].class, () -> new float[WIDTH]);
    type(byte[].class, this::checkpointBytes);
    type(long[].class, () -> new long[] {0, 3, 6});
    type(Step[].class, () -> new Step[] {});
    type(Optional.class, Optional::empty);
    type(OptionalInt.class, OptionalInt::empty);
    type(List.class, List::of);
    type(Map.class, Map::of);
    type(java.util.Set.class, () -> EnumSet.of(Output.CONTEXT));
    type(Arena.class, () -> arena);
    type(MemorySegment.class, () -> floats(48));
    type(
        ByteBuffer.class,
        () -> ByteBuffer.allocateDirect(4 * WIDTH).order(ByteOrder.LITTLE_ENDIAN));
    type(FloatBuffer.class, () -> FloatBuffer.allocate(WIDTH));
    type(ShortBuffer.class, () -> ShortBuffer.allocate(WIDTH));
    name("Rows.of.type", () -> ElementType.BF16);
    type(InputStream.class, () -> new ByteArrayInputStream(checkpointBytes()));
  }

  private void values() {
    type(Activation.class, () -> Activation.TANH);
    type(ElementType.class, () -> ElementType.F32);
    type(EmptySequencePolicy.class, () -> EmptySequencePolicy.ZERO);
    type(HeadCombination.class, () -> HeadCombination.CONCAT);
    type(Output.class, () -> Output.CONTEXT);
    type(Plan.class, () -> Plan.FUSED);
    type(Precision.class, () -> Precision.F32);
    type(Availability.State.class, () -> Availability.State.AVAILABLE);
    type(DeviceRows.class, () -> new DeviceRows(4096, 6 * 4 * WIDTH));
    type(Linear.class, () -> linear(4, WIDTH));
    type(LayerNorm.class, () -> LayerNorm.of(new float[WIDTH], Optional.empty(), 1e-5));
    type(
        BatchNorm.class,
        () ->
            BatchNorm.of(
                new float[WIDTH], new float[WIDTH], Optional.empty(), Optional.empty(), 1));
    type(StepBias.class, () -> StepBias.of(1, 2, 3));
    type(Divide.class, () -> new Divide(2));
    type(Step.class, () -> new Divide(2));
    type(RankedRow.class, () -> new RankedRow(1, 1));
    type(LayerInfo.class, () -> new LayerInfo("jvm", "", Plan.FUSED, Precision.F32, 1, List.of()));
    type(Rows.class, () -> Rows.of(floats(48), ElementType.F32, WIDTH));
    type(Sequences.class, this::batch);
  }

  private void layer() {
    type(AttentionParameters.class, this::parameters);
    type(AttentionPooling.class, () -> layer = pooling());
    name("AttentionPooling.forward.keys", this::keys);
    type(
        AttentionPooling.Builder.class,
        () -> AttentionPooling.builder(parameters()).backend("jvm"));
    type(Outputs.class, () -> pooling().allocate(batch(), arena, EnumSet.allOf(Output.class)));
    type(ProjectedKeys.class, () -> pooling().projectKeys(batch(), arena));
    type(PoolingState.class, () -> pooling().newState());
  }

  private void backends() {
    type(Availability.class, () -> Availability.yes("fine"));
    type(
        EngineOptions.class,
        () -> new EngineOptions(Plan.FUSED, Precision.F32, 1, EmptySequencePolicy.ZERO));
    type(SequenceBounds.class, () -> SequenceBounds.padded(2, 3));
    type(KeptRows.class, () -> kept().build());
    type(KeptRows.Builder.class, this::kept);
    type(ScoreBias.class, () -> new ScoreBias(new float[6], 1));
    type(RowBatch.class, this::rowBatch);
    type(KeyBatch.class, () -> new KeyBatch(rowBatch(), floats(24)).withProjected(floats(48)));
    type(OutputMemory.class, () -> outputMemory());
    type(Backend.class, () -> new SomeBackend());
    type(Engine.class, () -> new SomeBackend().compile(null, null));
  }

  private void files() {
    type(Path.class, () -> checkpoint);
    type(Checkpoint.class, () -> Checkpoint.open(checkpoint));
    type(LayerReader.class, () -> Checkpoint.open(checkpoint).layer());
    type(CheckpointLayer.class, () -> Checkpoint.open(checkpoint).layer().read());
    type(LayerMatch.class, () -> Checkpoint.open(checkpoint).layer().match());
    type(LayerOutline.class, () -> Checkpoint.open(checkpoint).layer().match().outline());
    type(LayerOutline.StageOutline.class, () -> new LayerOutline.StageOutline("hidden", List.of()));
    type(Layout.class, () -> Layout.named("clam"));
    type(TensorFile.class, () -> TensorFile.open(checkpoint));
    type(TensorSource.class, this::source);
    type(TensorInfo.class, () -> new TensorInfo("x", ElementType.F32, 2, 3));
    type(Tensor.class, () -> Tensor.of("x", new float[6], 2, 3));
    type(PartsWriter.class, this::parts);
    type(InputOptions.class, () -> InputOptions.DEFAULT);
    type(InputOptions.Columns.class, () -> new InputOptions.Columns(0, 4));
    type(SequencesFile.class, () -> SequencesFile.open(sequences));
    type(SequencesStream.class, () -> SequencesStream.open(sequences));
    type(Coordinates.class, () -> SequencesFile.open(sequences).coordinates().orElseThrow());
    type(RowChunk.class, this::chunk);
    type(RowChunk.Positions.class, () -> new AnyPositions());
  }

  /** Where the type does not say what is right. */
  private void named() {
    name("width", () -> WIDTH);
    name("steps long", () -> 3L);
    name("Sequences.padded.batch", () -> 2);
    name("SequenceBounds.padded.batch", () -> 2);
    name("Sequences.resultIndex.heads", () -> 2);
    name("pitch", () -> (long) WIDTH);
    name("lengths", () -> new long[] {1, 2});
    name("keep", this::keep);
    name("queries", () -> floats(8));
    name("bias MemorySegment", () -> floats(6));
    name("Sequences.copyOf.sequences", () -> List.of(new float[WIDTH], new float[0]));
    name("AttentionPooling.pool.x", () -> new float[WIDTH]);
    name("AttentionPooling.stateFromBytes.bytes", () -> pooling().newState().toBytes());
    name("AttentionPooling.allocate.maxPositions", () -> 6L);
    name("PoolingState.add.part", this::one);
    name("PoolingState.add.scores", () -> floats(6));
    name("PoolingState.weights.scores", () -> floats(6));
    name("PoolingState.context.context", () -> floats(16));
    name("PoolingState.logits.logits", () -> floats(3));
    name("Linear.of.outFeatures", () -> 1);
    name("Linear.of.inFeatures", () -> WIDTH);
    name("Linear.of.bias", () -> new float[1]);
    name("AttentionParameters.additive.score", () -> linear(2, 4));
    name("AttentionParameters.of.score", () -> List.of(linear(2, WIDTH)));
    name("Builder.backend.name", () -> "jvm");
    name("Layout.named.name", () -> "clam");
    name("Layout.of.nameOrFile", () -> "clam");
    name("Layout.read.file", this::layoutFile);
    name("Layout.parse.json", () -> Layout.named("clam").toJson());
    name("LayerReader.layout.name", () -> "attnpool");
    name("LayerReader.ignore.pattern", () -> "*");
    name("LayerReader.prefix.prefix", () -> "");
    name("SequencesFile.open.path", () -> sequences);
    name("SequencesStream.open.path", () -> sequences);
    name("TensorFile.open.bytes", () -> MemorySegment.ofArray(checkpointBytes()));
    name(
        "AttentionPooling.load.checkpoint MemorySegment",
        () -> MemorySegment.ofArray(checkpointBytes()));
    name("checkpoint MemorySegment", () -> MemorySegment.ofArray(checkpointBytes()));
    name("TensorFile.tensor.name", () -> "a.bias");
    name("TensorFile.read.name", () -> "a.bias");
    name("TensorFile.read.target", () -> floats(1));
    name("TensorFile.floats.name", () -> "a.bias");
    name("TensorFile.load.name", () -> "a.bias");
    name("PartsWriter.create.file", () -> folder.resolve("made" + files++));
    name("PartsWriter.create.shapes", () -> Map.of("x", new long[] {2, 3}));
    name("PartsWriter.write.data", () -> floats(1));
    name("PartsWriter.read.target", () -> floats(1));
    name("SafetensorsWriter.write.file", () -> folder.resolve("made" + files++));
    name("SafetensorsWriter.write.tensors", () -> List.of(Tensor.of("x", new float[6], 6)));
    name("Tensor.new.shape", () -> new long[] {6, 8});
    name("Tensor.of.shape", () -> new long[] {8});
    name("InputOptions.withColumns.to", () -> 4);
    name("Columns.new.to", () -> 4);
    name("SequencesStream.newChunk.sequences", () -> 2);
    name("RowChunk.walk.index", () -> 0);
    name("RowChunk.rows.index", () -> 0);
    name("KeptRows.runPosition.run", () -> 0);
    name("KeptRows.position.run", () -> 0);
    name("SequencesStream.clearMasked.values", () -> floats(5));
    name("KeptRows.new.batch", () -> 2);
    name("Builder.new.batch", () -> 2);
    name("Builder.keep.position", () -> 5L);
    name("KeptRows.Builder.keep.position", () -> 5L);
    name("RowBatch.withKept.other", () -> kept().build());
    name("RowBatch.withQueries.other", () -> floats(8));
    name("OutputMemory.with.segment", () -> floats(64));
    name("OutputMemory.front.batch", () -> 1);
    name("Backend.onDevice.device", () -> "0");
    name("TensorSource.read.offset", () -> 0L);
  }

  private MemorySegment floats(long count) {
    return arena.allocate(4 * count, 64);
  }

  private MemorySegment keep() {
    return arena.allocateFrom(
        java.lang.foreign.ValueLayout.JAVA_BYTE, new byte[] {1, 0, 1, 1, 1, 0});
  }

  private static Linear linear(int outFeatures, int inFeatures) {
    return Linear.of(outFeatures, inFeatures, new float[outFeatures * inFeatures]);
  }

  private AttentionParameters parameters() {
    return AttentionParameters.additive(linear(4, WIDTH), linear(2, 4))
        .withOutput(linear(3, 2 * WIDTH));
  }

  private AttentionPooling pooling() {
    return AttentionPooling.builder(parameters()).backend("jvm").threads(1).build();
  }

  private ProjectedKeys keys() {
    try {
      return layer.projectKeys(batch(), arena);
    } catch (AttnPoolException _) { // the layer is closed
      return pooling().projectKeys(batch(), arena);
    }
  }

  private Sequences batch() {
    return Sequences.padded(floats(48), ElementType.F32, 2, 3, WIDTH);
  }

  private Sequences one() {
    return Sequences.ragged(floats(24), ElementType.F32, WIDTH, 0, 3);
  }

  private KeptRows.Builder kept() {
    KeptRows.Builder kept = new KeptRows.Builder(2);
    kept.keep(0, 3);
    kept.endSequence();
    kept.keep(4, 1);
    kept.endSequence();
    return kept;
  }

  private RowBatch rowBatch() {
    return new RowBatch(
            Rows.of(floats(48), ElementType.F32, WIDTH),
            SequenceBounds.padded(2, 3),
            kept().build())
        .withQueries(floats(8))
        .withScoreBias(new ScoreBias(new float[6], 1));
  }

  private OutputMemory outputMemory() {
    OutputMemory memory = new OutputMemory(2, 6, 2, 2, WIDTH, 3);
    for (Output output : Output.values()) {
      memory = memory.with(output, floats(64));
    }
    return memory;
  }

  private RowChunk chunk() {
    SequencesStream stream = SequencesStream.open(sequences);
    RowChunk chunk = stream.newChunk(6, 2, arena);
    stream.read(chunk);
    return chunk;
  }

  private PartsWriter parts() {
    return PartsWriter.create(
        folder.resolve("made" + files++), Map.of("x", new long[] {2, 3}), Map.of());
  }

  /** What only the library makes. */
  private TensorSource source() {
    try {
      Method made = TensorSource.class.getDeclaredMethod("of", Path.class);
      made.setAccessible(true);
      return (TensorSource) made.invoke(null, checkpoint);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path layoutFile() {
    try {
      return Files.writeString(folder.resolve("layout.json"), Layout.named("clam").toJson());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] checkpointBytes() {
    try {
      return Files.readAllBytes(checkpoint);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class AnyPositions implements RowChunk.Positions {
    @Override
    public void masked(long count) {
      // takes anything
    }

    @Override
    public void kept(int row, int count) {
      // takes anything
    }
  }

  /** For the methods that every backend has. */
  private static final class SomeBackend implements Backend {
    @Override
    public String name() {
      return "some";
    }

    @Override
    public int rank() {
      return 0;
    }

    @Override
    public Availability availability() {
      return Availability.yes("");
    }

    @Override
    public Optional<String> lacks(AttentionParameters parameters, Plan plan) {
      return Optional.empty();
    }

    @Override
    public Engine compile(AttentionParameters parameters, EngineOptions options) {
      return (Engine)
          Proxy.newProxyInstance(
              Engine.class.getClassLoader(),
              new Class<?>[] {Engine.class},
              (engine, method, arguments) ->
                  method.isDefault()
                      ? InvocationHandler.invokeDefault(engine, method, arguments)
                      : null);
    }
  }
}
