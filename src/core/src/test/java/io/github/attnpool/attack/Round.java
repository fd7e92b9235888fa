package io.github.attnpool.attack;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Bits;
import io.github.attnpool.testkit.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Calls of one layer with one batch: one that is compared with float64, and others with that. */
final class Round {
  private static final int FOLLOW_UPS = 14;
  private static final int CROWDS = 200; // one round in so many
  private static final int THREADS_OF_CROWD = 24;

  private final Target target;
  private final Random random;
  private int calls;

  Round(Target target, Random random) {
    this.target = target;
    this.random = random;
  }

  /**
   * Makes all calls.
   *
   * @return how many there were
   */
  int run() {
    try {
      callAll();
    } catch (AttnPoolException e) {
      if (!target.explains(e)) {
        throw e;
      }
    }
    return calls;
  }

  private void callAll() {
    Batch batch = target.batch(random);
    calls++;
    if (target.emptySequence() == EmptySequencePolicy.ERROR && hasEmptySequence(batch)) {
      assertThrows(AttnPoolException.class, () -> Run.of(target.layer(), batch));
      return;
    }
    Run all = Run.of(target.layer(), batch);
    target.check(batch, Run.of(target.layer(), batch)); // it changes what it is given
    calls++;
    for (int i = random.nextInt(FOLLOW_UPS); i > 0; i--) {
      if (random.nextInt(3) == 0) {
        WrongCall.make(target, batch, random);
        calls++;
      } else {
        calls += Draw.oneOf(random, FollowUp.values()).run(target, batch, all, random);
      }
    }
    if (random.nextInt(CROWDS) == 0) {
      crowd(batch, all);
    }
  }

  private static boolean hasEmptySequence(Batch batch) {
    for (int b = 0; b < batch.batch(); b++) {
      if (batch.count(b) == 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * More callers at once than may be inside, of both kinds, of a layer that is closed meanwhile.
   */
  private void crowd(Batch batch, Run all) {
    Target crowded = target.again();
    List<FutureTask<Boolean>> callers = new ArrayList<>();
    for (int i = 0; i < THREADS_OF_CROWD; i++) {
      FutureTask<Boolean> caller = new FutureTask<>(() -> callUntilClosed(crowded, batch, all));
      callers.add(caller);
      (i % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform()).start(caller);
    }
    crowded.close();
    for (FutureTask<Boolean> caller : callers) {
      try {
        caller.get();
      } catch (ExecutionException | InterruptedException e) {
        throw new AssertionError("in a crowd of callers", e);
      }
    }
    calls += THREADS_OF_CROWD;
  }

  private static boolean callUntilClosed(Target crowded, Batch batch, Run all) {
    try {
      for (int i = 0; i < 3; i++) {
        Bits.assertSame(all, Run.of(crowded.layer(), batch), " in a crowd");
      }
      return true;
    } catch (AttnPoolException e) {
      if (!crowded.explains(e)) {
        throw e;
      }
      return false;
    }
  }
}
