package io.github.attnpool.example;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the model says of one document. */
final class Classification {
  private final TextModel model;
  private final Document document;
  private final float[] logits;
  private final float[] weights;

  /**
   * @param logits a value for each label
   * @param weights the attention's weight of each of the document's words
   */
  Classification(TextModel model, Document document, float[] logits, float[] weights) {
    this.model = model;
    this.document = document;
    this.logits = logits;
    this.weights = weights;
  }

  /**
   * A word and the share of attention it gets.
   *
   * @param weight sum of the weights of all its places in the document
   * @param count number of those places
   */
  record WeightedWord(String word, double weight, int count) {}

  /** Index of the largest logit. */
  int prediction() {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /** The predicted class. */
  String label() {
    return model.labels().get(prediction());
  }

  /** Probability of the predicted class, by a softmax of the logits. */
  double probability() {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp((double) logit - logits[prediction()]);
    }
    return 1 / sum;
  }

  /** A label's value before the softmax. */
  float logit(int label) {
    return logits[label];
  }

  /** The document. */
  Document document() {
    return document;
  }

  /** Different words with the highest weights, highest first. */
  List<WeightedWord> topWords(int most) {
    Map<Integer, WeightedWord> words = new HashMap<>();
    for (int place = 0; place < weights.length; place++) {
      int number = document.number(place);
      words.merge(
          number,
          new WeightedWord(model.vocabulary().word(number), weights[place], 1),
          (a, b) -> new WeightedWord(a.word, a.weight + b.weight, a.count + b.count));
    }
    return words.values().stream()
        .sorted(
            Comparator.comparingDouble(WeightedWord::weight)
                .reversed()
                .thenComparing(WeightedWord::word))
        .limit(most)
        .toList();
  }
}
