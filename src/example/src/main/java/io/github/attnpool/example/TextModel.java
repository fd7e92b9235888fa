package io.github.attnpool.example;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.Sequences;
import io.github.attnpool.checkpoint.Checkpoint;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What {@code scripts/example/train-example.py} has stored: vocabulary, embedding, and the
 * parameters of the attention and output layers. Immutable and thread-safe.
 */
final class TextModel {
  private static final String FILE = "model.safetensors";

  private final Vocabulary vocabulary;
  private final float[] embedding; // [V,H]
  private final AttentionParameters parameters;
  private final List<String> labels;
  private final int mostWords;

  private TextModel(
      Vocabulary vocabulary,
      float[] embedding,
      AttentionParameters parameters,
      List<String> labels,
      int mostWords) {
    this.vocabulary = vocabulary;
    this.embedding = embedding;
    this.parameters = parameters;
    this.labels = labels;
    this.mostWords = mostWords;
  }

  /**
   * Reads {@code model.safetensors} and {@code vocabulary.txt} of a folder.
   *
   * @throws AttnPoolException if one is missing, broken, or does not fit the other
   */
  static TextModel read(Path folder) {
    Vocabulary vocabulary = Vocabulary.read(folder.resolve("vocabulary.txt"));
    try (Checkpoint checkpoint = Checkpoint.open(folder.resolve(FILE))) {
      TensorFile file = checkpoint.file();
      AttentionParameters parameters =
          checkpoint.layer().layout("attnpool").ignore("embedding.weight").parameters();
      check(
          file,
          parameters.heads() == 1,
          "the layer has " + parameters.heads() + " heads, must have 1");
      TensorInfo embedding = file.tensor("embedding.weight");
      check(
          file,
          embedding.rank() == 2
              && embedding.dim(0) == vocabulary.size()
              && embedding.dim(1) == parameters.inputWidth(),
          String.format(
              Locale.ROOT,
              "'embedding.weight' is %s, must be [%d, %d] for the vocabulary's words and the layer",
              embedding.describe(),
              vocabulary.size(),
              parameters.inputWidth()));
      List<String> labels = List.of(metadata(file, "labels").split(",", -1));
      check(
          file,
          labels.size() == parameters.logitCount(),
          String.format(
              Locale.ROOT,
              "there are %d labels, must be %d, one for each output",
              labels.size(),
              parameters.logitCount()));
      return new TextModel(
          vocabulary, file.floats(embedding.name()), parameters, labels, mostWords(file));
    }
  }

  /** The document's words, as far as they are known. */
  Document document(byte[] text) {
    List<String> words = Tokenizer.words(text);
    return new Document(vocabulary.numbers(words, mostWords), words.size());
  }

  /** The documents' word embeddings, each document a sequence, in new memory of the arena. */
  Sequences rows(List<Document> documents, Arena arena) {
    long[] offsets = new long[documents.size() + 1];
    for (int d = 0; d < documents.size(); d++) {
      offsets[d + 1] = offsets[d] + documents.get(d).length();
    }
    int width = parameters.inputWidth();
    MemorySegment x = arena.allocate(JAVA_FLOAT, offsets[documents.size()] * width);
    long row = 0;
    for (Document document : documents) {
      for (int place = 0; place < document.length(); place++) {
        long to = row++ * width * Float.BYTES;
        MemorySegment.copy(embedding, document.number(place) * width, x, JAVA_FLOAT, to, width);
      }
    }
    return Sequences.ragged(x, ElementType.F32, width, offsets);
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  AttentionParameters parameters() {
    return parameters;
  }

  /** Names of the classes, one for each output. */
  List<String> labels() {
    return labels;
  }

  private static int mostWords(TensorFile file) {
    String text = metadata(file, "max_words");
    try {
      int most = Integer.parseInt(text);
      check(file, most > 0, "metadata 'max_words' is " + text + ", must be at least 1");
      return most;
    } catch (NumberFormatException e) {
      throw new AttnPoolException(
          "read " + file.name(), "metadata 'max_words' is '" + text + "', must be a number", e);
    }
  }

  private static String metadata(TensorFile file, String key) {
    String value = file.metadata().get(key);
    if (value == null) {
      throw bad(file, "there is no metadata '" + key + "'");
    }
    return value;
  }

  private static void check(TensorFile file, boolean good, String problem) {
    if (!good) {
      throw bad(file, problem);
    }
  }

  private static AttnPoolException bad(TensorFile file, String problem) {
    return new AttnPoolException("read " + file.name(), problem);
  }
}
