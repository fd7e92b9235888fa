package io.github.attnpool.example;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.Linear;
import io.github.attnpool.cli.options.LayerOptions;
import io.github.attnpool.example.Classification.WeightedWord;
import io.github.attnpool.format.TensorFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentClassifierTest {
  private static BundledExample example;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    example = BundledExample.open();
  }

  @AfterAll
  static void close() {
    example.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"jvm", "auto"})
  void agreesWithPyTorchOnTheBundledMessages(String backend) {
    StoredLogits expected = StoredLogits.read(example.file(BundledExample.MESSAGE_LOGITS));
    try (DocumentClassifier classifier = classifier(backend)) {
      List<Classification> results = classifier.classify(BundledExample.messages());
      assertTrue(expected.largestDifference(results) <= 1e-5);
      assertEquals(
          List.of("ham", "spam", "ham", "spam", "ham", "spam"),
          results.stream().map(Classification::label).toList());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"jvm", "auto"})
  void agreesWithPyTorchOnTestEmails(String backend) throws IOException {
    Path file = folder.resolve("test-subset.safetensors");
    try (InputStream in = getClass().getResourceAsStream("test-subset.safetensors")) {
      Files.copy(in, file);
    }
    try (TensorFile subset = TensorFile.open(file);
        DocumentClassifier classifier = classifier(backend)) {
      List<Document> documents = documents(subset);
      StoredLogits expected = StoredLogits.of(subset);
      expected.checkShape(24, 2);
      List<Classification> results = classifier.classifyDocuments(documents);
      assertTrue(expected.largestDifference(results) <= 1e-5);
    }
  }

  private static List<Document> documents(TensorFile subset) {
    int[] ids = Arrays.stream(subset.longs("ids")).mapToInt(id -> (int) id).toArray();
    long[] offsets = subset.longs("offsets");
    List<Document> documents = new ArrayList<>();
    for (int d = 0; d + 1 < offsets.length; d++) {
      int[] numbers = Arrays.copyOfRange(ids, (int) offsets[d], (int) offsets[d + 1]);
      documents.add(new Document(numbers, numbers.length));
    }
    return documents;
  }

  /** The context is zero, so that the output layer's bias alone is left. */
  @Test
  void aDocumentWithoutKnownWordsHasTheOutputLayersBias() {
    try (DocumentClassifier classifier = classifier("auto")) {
      float[] bias =
          ((Linear) classifier.model().parameters().output().getFirst()).bias().orElseThrow();
      for (String text : List.of("", "qqqzzz xxxqqq", "\377\376")) {
        Classification result = classifier.classify(List.of(text.getBytes(US_ASCII))).getFirst();
        assertEquals(bias[0], result.logit(0));
        assertEquals(bias[1], result.logit(1));
        assertEquals(List.of(), result.topWords(5));
      }
    }
  }

  @Test
  void aResultDoesNotDependOnTheOtherDocuments() {
    List<byte[]> texts = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      texts.add("free money now ".repeat(i).getBytes(US_ASCII));
    }
    try (DocumentClassifier classifier = classifier("auto")) {
      List<Classification> together = classifier.classify(texts);
      assertEquals(texts.size(), together.size());
      for (int i = 0; i < texts.size(); i += 49) {
        Classification alone = classifier.classify(List.of(texts.get(i))).getFirst();
        assertEquals(alone.logit(0), together.get(i).logit(0));
        assertEquals(alone.logit(1), together.get(i).logit(1));
      }
    }
  }

  @Test
  void topWordsAddUpTheirPlaces() {
    try (DocumentClassifier classifier = classifier("jvm")) {
      byte[] text = "money free money zzzqqq".getBytes(US_ASCII);
      Classification result = classifier.classify(List.of(text)).getFirst();
      List<WeightedWord> words = result.topWords(9);
      assertEquals(2, words.size());
      assertEquals(1, words.stream().mapToDouble(WeightedWord::weight).sum(), 1e-6);
      assertTrue(words.get(0).weight() >= words.get(1).weight());
      WeightedWord money =
          words.stream().filter(word -> word.word().equals("money")).findFirst().orElseThrow();
      assertEquals(2, money.count());
      assertEquals(3, result.document().length());
      assertEquals(4, result.document().found());
    }
  }

  @Test
  void longDocumentsAreCut() {
    try (DocumentClassifier classifier = classifier("jvm")) {
      byte[] text = "money ".repeat(2000).getBytes(US_ASCII);
      assertEquals(512, classifier.model().document(text).length());
    }
  }

  private static DocumentClassifier classifier(String backend) {
    return new DocumentClassifier(example.model(), LayerOptions.Settings.defaults(backend));
  }
}
