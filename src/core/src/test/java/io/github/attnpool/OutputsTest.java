package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** 2 sequences of 3 steps, 4 wide, with 5 heads and 6 outputs. */
class OutputsTest {
  private static final AttentionParameters PARAMETERS =
      AttentionParameters.linear(Linear.of(5, 4, new float[20]))
          .withOutput(Linear.of(6, 20, new float[120]));
  private static final Sequences IN =
      Sequences.padded(MemorySegment.ofArray(new float[24]), ElementType.F32, 2, 3, 4);

  private final AttentionPooling layer =
      AttentionPooling.builder(PARAMETERS).backend("jvm").build();
  private final Arena arena = Arena.ofConfined();

  @AfterEach
  void close() {
    layer.close();
    arena.close();
  }

  @Test
  void sizesOfAll() {
    Outputs out = layer.allocate(IN, arena, EnumSet.allOf(Output.class));
    assertEquals(2 * 5 * 4, out.toArray(Output.CONTEXT).length);
    assertEquals(2 * 5 * 3, out.toArray(Output.WEIGHTS).length);
    assertEquals(2 * 5 * 3, out.toArray(Output.SCORES).length);
    assertEquals(2 * 6, out.toArray(Output.LOGITS).length);
    for (Output output : Output.values()) {
      assertEquals(4 * out.size(output), out.get(output).byteSize());
    }
    assertEquals(out.context(), out.get(Output.CONTEXT));
    assertEquals(out.weights(), out.get(Output.WEIGHTS));
    assertEquals(out.scores(), out.get(Output.SCORES));
    assertEquals(out.logits(), out.get(Output.LOGITS));
  }

  /** Arena is an interface that anybody may implement. */
  @Test
  void memoryMustBeNativeAndWritable() {
    for (MemorySegment bad :
        new MemorySegment[] {
          MemorySegment.ofArray(new float[2 * 5 * 4]),
          arena.allocate(2 * 5 * 4 * 4, 4).asReadOnly(),
          arena.allocate(2 * 5 * 4 * 4 - 4, 4),
          arena.allocate(2 * 5 * 4 * 4 + 4, 4).asSlice(1, 2 * 5 * 4 * 4),
        }) {
      AttnPoolException e =
          assertThrows(
              AttnPoolException.class,
              () -> layer.allocate(IN, new OneSegment(bad), EnumSet.of(Output.CONTEXT)));
      assertTrue(e.getMessage().contains("must be writable native memory"), e.getMessage());
    }
  }

  private record OneSegment(MemorySegment segment) implements Arena {
    @Override
    public MemorySegment allocate(long bytes, long alignment) {
      return segment;
    }

    @Override
    public MemorySegment.Scope scope() {
      return segment.scope();
    }

    @Override
    public void close() {}
  }

  @Test
  void shape() {
    Outputs out = layer.allocate(IN, arena);
    assertEquals(2, out.batch());
    assertEquals(6, out.positions());
    assertEquals(5, out.heads());
    assertEquals(4, out.width());
    assertEquals(6, out.logitCount());
  }

  @Test
  void defaultIsContextWeightsAndLogits() {
    Outputs out = layer.allocate(IN, arena);
    assertTrue(out.has(Output.CONTEXT) && out.has(Output.WEIGHTS) && out.has(Output.LOGITS));
    assertFalse(out.has(Output.SCORES));
    AttnPoolException e = assertThrows(AttnPoolException.class, out::scores);
    assertEquals(
        "result: SCORES was not asked for; allocate with it to have it computed", e.getMessage());
    try (AttentionPooling plain = withoutOutput()) {
      assertFalse(plain.allocate(IN, arena).has(Output.LOGITS));
    }
  }

  @Test
  void whatCannotBeWanted() {
    AttnPoolException e =
        assertThrows(AttnPoolException.class, () -> layer.allocate(IN, arena, Set.of()));
    assertTrue(e.getMessage().contains("no output is wanted"), e.getMessage());
    try (AttentionPooling plain = withoutOutput()) {
      e =
          assertThrows(
              AttnPoolException.class, () -> plain.allocate(IN, arena, Set.of(Output.LOGITS)));
      assertTrue(e.getMessage().contains("no output layer"), e.getMessage());
    }
  }

  @Test
  void canBeUsedAgain() {
    Outputs out = layer.allocate(IN, arena);
    out.weights().fill((byte) -1);
    layer.forward(IN.withLengths(1, 0), out);
    float[] first = out.toArray(Output.WEIGHTS);
    assertEquals(1, first[0]);
    assertEquals(0, first[1]);
    layer.forward(IN, out);
    layer.forward(IN.withLengths(1, 0), out);
    assertArrayEquals(first, out.toArray(Output.WEIGHTS));
  }

  private static AttentionPooling withoutOutput() {
    return AttentionPooling.builder(AttentionParameters.linear(Linear.of(1, 4, new float[4])))
        .backend("jvm")
        .build();
  }
}
