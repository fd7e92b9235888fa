package io.github.attnpool.internal.onednn;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Linear;
import io.github.attnpool.bindings.dnnl.Dnnl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class PrimitiveCacheTest {
  /** Or a closed layer's compiled operations stay, about a megabyte for each new shape. */
  @Test
  void oneDnnKeepsNothingOfClosedLayers() {
    Linear hidden = Linear.of(2, 2, new float[4], new float[2]);
    Linear score = Linear.of(1, 2, new float[2]);
    AttentionPooling.builder(AttentionParameters.additive(hidden, score))
        .backend("onednn")
        .build()
        .close();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment capacity = arena.allocate(JAVA_INT);
      assertEquals(Dnnl.dnnl_success(), Dnnl.dnnl_get_primitive_cache_capacity(capacity));
      assertEquals(0, capacity.get(JAVA_INT, 0));
    }
  }
}
