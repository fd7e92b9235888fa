package io.github.attnpool.attack;

import io.github.attnpool.forked.ForkedJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Runs {@link Soak} in a JVM of its own, for {@code scripts/soak}. */
@EnabledIfSystemProperty(named = "attnpool.soak.seconds", matches = "[0-9]+")
class SoakTest {
  @Test
  void doesNotGrow() throws InterruptedException {
    ForkedJvm.Running soak =
        new ForkedJvm(Soak.class)
            .option("-Xms512m")
            .option("-Xmx512m")
            .option("-XX:+AlwaysPreTouch")
            .option("--add-modules=jdk.incubator.vector")
            .option("--add-reads=io.github.attnpool=ALL-UNNAMED") // for JUnit's assertions
            .property("attnpool.cuda.cudart.library", "none")
            .environment("MALLOC_ARENA_MAX", 2) // or what is free is spread over many
            .arguments(Long.getLong("attnpool.soak.seconds"))
            .start();
    soak.process().waitFor();
    System.out.println(soak.await().good());
  }
}
