package io.github.attnpool.internal.backends;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Linear;
import io.github.attnpool.Plan;
import io.github.attnpool.spi.Availability;
import io.github.attnpool.spi.Availability.State;
import io.github.attnpool.spi.Backend;
import io.github.attnpool.spi.Engine;
import io.github.attnpool.spi.EngineOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
            .filter(backend -> backend.onlyByName().isEmpty())
            .findFirst()
            .orElseThrow();
    assertEquals(expected.name(), Backends.choice("auto").backend().name());
    assertEquals("jvm", Backends.choice("jvm").backend().name());
  }

  @Test
  void autoSaysWhichBetterOnesFailed() {
    Stub absent = new Stub("absent", State.ABSENT);
    Stub failed = new Stub("failed", State.FAILED);
    Stub good = new Stub("good", State.AVAILABLE);
    Stub wrong = new Stub("wrong", State.WRONG_SETTING);
    BackendChoice choice = Backends.choice("auto", List.of(absent, failed, good, wrong));
    assertSame(good, choice.backend());
    assertEquals(
        List.of("backend failed cannot be used: it is FAILED; taking good"), choice.notices());
    assertEquals(List.of(), Backends.choice("good", List.of(failed, good)).notices());
  }

  @Test
  void autoSaysThatOneIsThereWhichItDoesNotTake() {
    Stub good = new Stub("good", State.AVAILABLE);
    Backend shy = new Stub("shy", State.AVAILABLE, Optional.of("it was never tried"));
    BackendChoice choice = Backends.choice("auto", List.of(shy, good));
    assertSame(good, choice.backend());
    assertEquals(
        List.of(
            "it is AVAILABLE is there, but auto does not take backend shy: it was never tried; to"
                + " use it, name backend shy; taking good"),
        choice.notices());
    assertSame(shy, Backends.choice("shy", List.of(shy, good)).backend());
    AttnPoolException e =
        assertThrows(AttnPoolException.class, () -> Backends.choice("auto", List.of(shy)));
    assertTrue(e.getMessage().startsWith("choose backend: none can be used: it is AVAILABLE is"));
  }

  @Test
  void cudaIsTakenByNameAlone() {
    Backend cuda =
        Backends.all().stream()
            .filter(each -> each.name().equals("cuda"))
            .findFirst()
            .orElseThrow();
    assertTrue(cuda.onlyByName().orElseThrow().contains("never run on a device"));
  }

  @Test
  void autoTakesNoOtherThanOneWithAWrongSetting() {
    List<Backend> all =
        List.of(new Stub("wrong", State.WRONG_SETTING), new Stub("good", State.AVAILABLE));
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> Backends.choice("auto", all));
    assertEquals(
        "choose backend: a setting of backend 'wrong' is wrong, so auto takes no other: it is"
            + " WRONG_SETTING",
        e.getMessage());
    assertEquals("good", Backends.choice("good", all).backend().name());
  }

  private record Stub(String name, State state, Optional<String> onlyByName) implements Backend {
    Stub(String name, State state) {
      this(name, state, Optional.empty());
    }

    @Override
    public int rank() {
      return 0;
    }

    @Override
    public Availability availability() {
      return new Availability(state, "it is " + state, Map.of());
    }

    @Override
    public Optional<String> lacks(AttentionParameters parameters, Plan plan) {
      return Optional.empty();
    }

    @Override
    public Engine compile(AttentionParameters parameters, EngineOptions options) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void unknownNames() {
    for (String name : new String[] {"cud", "", "JVM", "auto "}) {
      AttnPoolException e = assertThrows(AttnPoolException.class, () -> Backends.choice(name));
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
