package io.github.attnpool.example;

import io.github.attnpool.Outputs;
import io.github.attnpool.Sequences;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Known words per second over a set of texts, measured warm: the median of several passes.
 *
 * @param layer of the attention and output layers alone, over embeddings that lie ready
 * @param whole from the texts' bytes to their labels: tokenizer, look-up, layers
 */
record Speed(double layer, double whole) {
  private static final int FEWEST_PASSES = 3;
  private static final double WARM_UP_SECONDS = 1;
  private static final double SECONDS = 2;

  /** A batch that lies ready. */
  private record Batch(Sequences in, Outputs out) {}

  static Speed measure(DocumentClassifier classifier, List<byte[]> texts) {
    List<Document> documents = texts.stream().map(classifier.model()::document).toList();
    long words = documents.stream().mapToLong(Document::length).sum();
    try (Arena arena = Arena.ofShared()) {
      List<Batch> batches = new ArrayList<>();
      for (List<Document> batch : DocumentClassifier.batches(documents)) {
        Sequences in = classifier.model().rows(batch, arena);
        batches.add(new Batch(in, classifier.layer().allocate(in, arena)));
      }
      double layer =
          median(() -> batches.forEach(batch -> classifier.layer().forward(batch.in, batch.out)));
      double whole = median(() -> classifier.classify(texts));
      return new Speed(words / layer, words / whole);
    }
  }

  /** Seconds of a pass. */
  private static double median(Runnable pass) {
    passes(pass, 1, WARM_UP_SECONDS);
    List<Double> seconds = passes(pass, FEWEST_PASSES, SECONDS);
    return seconds.stream().sorted().skip(seconds.size() / 2).findFirst().orElseThrow();
  }

  /** Seconds of each of the passes that fit in the time, and of no fewer than are wanted. */
  private static List<Double> passes(Runnable pass, int fewest, double time) {
    List<Double> seconds = new ArrayList<>();
    double sum = 0;
    while (seconds.size() < fewest || sum < time) {
      long start = System.nanoTime();
      pass.run();
      double taken = (System.nanoTime() - start) / 1e9;
      seconds.add(taken);
      sum += taken;
    }
    return seconds;
  }
}
