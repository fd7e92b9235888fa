package io.github.attnpool.attack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Has layers built, called and closed, states merged, and files read, for so many seconds, and
 * fails if the process has grown meanwhile. To be run with a heap of fixed size, so that resident
 * memory changes by native memory alone.
 */
public final class Soak {
  private static final long SEED = 1;
  private static final long SAMPLE_MILLIS = 500;

  /** Not timed, however slow the machine: what the JVM compiles, what malloc keeps. */
  private static final long WARM_UP_CALLS = 20_000;

  private final long seconds;
  private volatile long end;
  private volatile boolean warm;

  private Soak(long seconds) {
    this.seconds = seconds;
  }

  public static void main(String[] args) throws Exception {
    new Soak(Long.parseLong(args[0])).run();
  }

  private boolean goesOn() {
    return !warm || System.nanoTime() - end < 0;
  }

  private boolean goesOn(long calls) {
    if (!warm && calls >= WARM_UP_CALLS) {
      end = System.nanoTime() + seconds * 1_000_000_000;
      warm = true;
    }
    return goesOn();
  }

  private void run() throws IOException, InterruptedException, ExecutionException {
    Attack attack = new Attack(this::goesOn, SEED);
    FutureTask<Long> calls = new FutureTask<>(attack::run);
    FutureTask<Long> files = new FutureTask<>(this::readFiles);
    Thread.ofPlatform().start(calls);
    Thread.ofPlatform().start(files);
    Map<ProcessUse, Growth> growth = new EnumMap<>(ProcessUse.class);
    for (ProcessUse use : ProcessUse.values()) {
      growth.put(use, new Growth());
    }
    while (!calls.isDone() && !files.isDone()) {
      for (Map.Entry<ProcessUse, Growth> each : growth.entrySet()) {
        if (warm) {
          each.getValue().add(each.getKey().read());
        }
      }
      Thread.sleep(SAMPLE_MILLIS);
    }
    System.out.printf("%s, and %d rounds with files%n", attack, files.get());
    calls.get();
    report(growth);
  }

  private long readFiles() throws IOException {
    Path folder = Files.createTempDirectory("attnpool-soak");
    Random random = new Random(SEED);
    long rounds = 0;
    try {
      for (; goesOn(); rounds++) {
        new FileRound(folder, random).run();
      }
    } finally {
      Files.deleteIfExists(folder.resolve("weights.safetensors"));
      Files.deleteIfExists(folder.resolve("input.safetensors"));
      Files.delete(folder);
    }
    return rounds;
  }

  private static void report(Map<ProcessUse, Growth> growth) {
    boolean grown = false;
    for (Map.Entry<ProcessUse, Growth> each : growth.entrySet()) {
      long by = each.getValue().measure();
      long allowed = each.getKey().allowance();
      System.out.printf(
          "%s by quarters: %s, growth %d, allowed %d%n",
          each.getKey(), each.getValue(), Math.max(0, by), allowed);
      grown |= by > allowed;
    }
    if (grown) {
      throw new AssertionError("the process has grown");
    }
  }
}
