package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.compare.Case.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The cases of a comparison, in the order in which they run. */
final class Agenda {
  /** Shapes of the table, from one short sentence to large batches and one very long sequence. */
  static final List<BenchShape> SHAPES =
      Stream.of(
              "1x32x64-64",
              "1x128x256-256",
              "1x512x768-768",
              "32x128x256-256",
              "64x512x768-768",
              "256x64x128-128",
              "1x50000x1024-256")
          .map(BenchShape::parse)
          .toList();

  /** CLAM, a whole-slide classifier with two classes, and some of its parts. */
  private static final List<String> FORMS =
      List.of(
          "1x50000x1024-256+proj512+gate+heads2+perhead",
          "1x10000x512-256+gate",
          "1x10000x512-256+heads8",
          "1x10000x512-0+heads4");

  /**
   * Forms that are timed in f32 alone: attentive statistics as in ECAPA-TDNN, an output per head as
   * in label-wise attention of medical codes, a projection with GELU, and values of their own.
   */
  private static final List<String> F32_FORMS =
      List.of(
          "8x500x1536-128+stats",
          "1x600x50-0+heads8921+perhead",
          "1x10000x1024-256+gelu512+gate",
          "1x10000x512-256+values512");

  private static final int QUICK_F32_FORMS = 2;

  private static final List<String> QUERIES =
      List.of("1x512x512-512+query", "1x512x512-512+querymap");

  private final Options options;
  private final List<Case> cases = new ArrayList<>();

  private Agenda(Options options) {
    this.options = options;
  }

  static List<Case> of(Options options) {
    Agenda agenda = new Agenda(options);
    agenda.table();
    agenda.charts();
    agenda.growth();
    agenda.overhead();
    agenda.family();
    agenda.keys();
    return agenda.cases.stream().filter(one -> options.groups().contains(one.group())).toList();
  }

  private void table() {
    for (int threads : options.threads()) {
      for (Arithmetic arithmetic : options.arithmetics()) {
        for (BenchShape shape : options.shapes()) {
          add(Group.TABLE, shape, arithmetic, threads, false);
          if (options.cold()) {
            add(Group.TABLE, shape, arithmetic, threads, true);
          }
        }
      }
    }
  }

  private void charts() {
    int[] steps = {8, 32, 128, 512, 2048, 8192, 32768};
    for (int t : steps) {
      add(Group.STEPS, "1x" + t + "x256-256", Arithmetic.F32, 1);
    }
    int[] widths = {32, 64, 128, 256, 512, 768, 1024};
    for (int h : widths) {
      add(Group.WIDTH, "1x512x" + h + "-" + h, Arithmetic.F32, 1);
    }
    int[] batches = {1, 4, 16, 64, 256};
    for (int b : batches) {
      add(Group.BATCH, b + "x64x128-128", Arithmetic.F32, 1);
    }
    String threadsShape = options.quick() ? "32x128x256-256" : "64x512x768-768";
    int processors = Runtime.getRuntime().availableProcessors();
    IntStream.iterate(1, n -> n <= processors, n -> n * 2)
        .forEach(n -> add(Group.THREADS, threadsShape, Arithmetic.F32, n));
  }

  private void growth() {
    int[] steps = {1_000, 10_000, 100_000, 1_000_000};
    for (int t : steps) {
      add(Group.GROWTH, "1x" + t + "x64-64", Arithmetic.F32, 1);
      if (t <= 100_000) {
        add(Group.GROWTH, "1x" + t + "x256-256", Arithmetic.F32, 1);
      }
    }
  }

  private void overhead() {
    int[] steps = {1, 2, 8, 32, 512, 4096};
    for (int t : steps) {
      add(Group.OVERHEAD, "1x" + t + "x64-64", Arithmetic.F32, 1);
    }
    add(Group.OVERHEAD, "1x512x768-768", Arithmetic.F32, 1);
    add(Group.OVERHEAD, "32x128x256-256", Arithmetic.F32, 1);
  }

  private void family() {
    int few = options.quick() ? 1 : Integer.MAX_VALUE;
    for (int threads : first(few, options.threads())) {
      for (Arithmetic arithmetic : options.arithmetics()) {
        for (String shape : first(few, FORMS)) {
          add(Group.FAMILY, shape, arithmetic, threads);
        }
      }
      if (options.arithmetics().contains(Arithmetic.F32)) {
        int count = options.quick() ? QUICK_F32_FORMS : F32_FORMS.size();
        for (String shape : first(count, F32_FORMS)) {
          add(Group.FAMILY, shape, Arithmetic.F32, threads);
        }
      }
    }
  }

  private static <T> List<T> first(int count, List<T> all) {
    return all.subList(0, Math.min(count, all.size()));
  }

  private void keys() {
    for (Arithmetic arithmetic : options.arithmetics()) {
      if (arithmetic != Arithmetic.BF16_OF_F32) { // keys are f32 anyway
        for (String shape : QUERIES) {
          add(Group.KEYS, shape, arithmetic, 1);
        }
      }
    }
  }

  private void add(Group group, String shape, Arithmetic arithmetic, int threads) {
    add(group, BenchShape.parse(shape), arithmetic, threads, false);
  }

  private void add(
      Group group, BenchShape shape, Arithmetic arithmetic, int threads, boolean cold) {
    cases.add(new Case(group, shape, arithmetic, threads, cold));
  }
}
