package io.github.attnpool.attack;

import io.github.attnpool.testkit.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * Random calls of the public interface by several threads. Everything in a round follows from the
 * seed and the round's number, except for what the other threads do meanwhile. Many rounds share a
 * layer, which is closed while late ones still use it.
 */
final class Attack {
  private static final int THREADS = 6; // every other one is virtual
  private static final int ROUNDS_OF_LAYER = 40;
  private static final int LATE = 4; // layers that a thread may be behind the others

  private final LongPredicate goesOn;
  private final long seed;
  private final List<Variant> variants =
      Stream.concat(Variant.available().stream(), Variant.bfloat16(2).stream())
          .filter(Variant::isOffered)
          .toList();
  private final Map<Long, Target> targets = new ConcurrentHashMap<>();
  private final AtomicLong rounds = new AtomicLong();
  private final AtomicLong made = new AtomicLong();
  private volatile boolean failed;

  /**
   * @param goesOn whether to go on, after so many calls
   */
  Attack(LongPredicate goesOn, long seed) {
    this.goesOn = goesOn;
    this.seed = seed;
  }

  /**
   * Runs all calls, and fails if a result or an exception is wrong.
   *
   * @return how many calls there were
   */
  long run() throws InterruptedException {
    List<FutureTask<Void>> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      FutureTask<Void> thread = new FutureTask<>(this::makeRounds, null);
      threads.add(thread);
      (i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual()).start(thread);
    }
    try {
      for (FutureTask<Void> thread : threads) {
        thread.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause().getMessage(), e.getCause());
    } finally {
      targets.values().forEach(Target::close);
    }
    return made.get();
  }

  @Override
  public String toString() {
    return made + " calls in " + rounds + " rounds on " + variants;
  }

  private void makeRounds() {
    while (goesOn.test(made.get()) && !failed) {
      long round = rounds.getAndIncrement();
      Target target = target(round / ROUNDS_OF_LAYER);
      if (round % ROUNDS_OF_LAYER == 0 && round > 0) {
        closeTarget(round / ROUNDS_OF_LAYER - 1);
      }
      try {
        made.addAndGet(new Round(target, random(round)).run());
      } catch (RuntimeException | Error e) {
        failed = true;
        throw new AssertionError("seed %d, round %d, %s".formatted(seed, round, target), e);
      }
    }
  }

  private Target target(long index) {
    return targets.computeIfAbsent(index, _ -> Target.draw(random(~index), variants));
  }

  private void closeTarget(long index) {
    Target target = targets.get(index);
    if (target != null) {
      target.close();
    }
    targets.remove(index - LATE);
  }

  private Random random(long what) {
    return new Random(seed * 0x9E3779B97F4A7C15L ^ what * 0xC2B2AE3D27D4EB4FL);
  }
}
