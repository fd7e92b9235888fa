package io.github.attnpool.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Linear;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackendsTest {
  @Test
  void bestFirst() {
    List<Backend> all = Backends.all();
    List<String> names = all.stream().map(Backend::name).toList();
    assertTrue(names.containsAll(List.of("onednn", "jvm")), names::toString);
    for (int i = 1; i < all.size(); i++) {
      assertTrue(all.get(i).rank() <= all.get(i - 1).rank(), names::toString);
    }
  }

  @Test
  void autoTakesTheBestAvailable() {
    Backend expected =
        Backends.all().stream()
            .filter(backend -> backend.availability().available())
            .findFirst()
            .orElseThrow();
    assertEquals(expected.name(), Backends.choose("auto").name());
    assertEquals("jvm", Backends.choose("jvm").name());
  }

  @Test
  void unknownNames() {
    for (String name : new String[] {"cud", "", "JVM", "auto "}) {
      AttnPoolException e = assertThrows(AttnPoolException.class, () -> Backends.choose(name));
      String start = "choose backend: there is no backend '" + name + "', must be one of auto, ";
      assertTrue(e.getMessage().startsWith(start), e.getMessage());
      for (Backend backend : Backends.all()) {
        assertTrue(e.getMessage().contains(backend.name()), e.getMessage());
      }
    }
  }

  @Test
  void theLayerNamesThemToo() {
    AttentionPooling.Builder builder =
        AttentionPooling.builder(AttentionParameters.linear(Linear.of(1, 1, new float[1])));
    assertThrows(AttnPoolException.class, () -> builder.backend("nonsense").build());
    for (int threads : new int[] {Integer.MIN_VALUE, 0, 1025, Integer.MAX_VALUE}) {
      AttnPoolException e =
          assertThrows(
              AttnPoolException.class, () -> builder.backend("jvm").threads(threads).build());
      assertEquals("build layer: threads is " + threads + ", must be 1 to 1024", e.getMessage());
    }
  }
}
