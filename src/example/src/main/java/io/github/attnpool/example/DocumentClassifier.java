package io.github.attnpool.example;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.LayerInfo;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.Sequences;
import io.github.attnpool.cli.options.LayerOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Classifies documents: looks up their words' embeddings, pools them with an attention layer, and
 * takes the class with the largest output. Thread-safe, as its layer is.
 */
final class DocumentClassifier implements AutoCloseable {
  /** Documents in one call of the layer: enough for it to be busy, few enough to stay in cache. */
  private static final int BATCH = 64;

  private final TextModel model;
  private final AttentionPooling layer;

  DocumentClassifier(TextModel model, LayerOptions.Settings settings) {
    this.model = model;
    this.layer = settings.build(model.parameters());
  }

  /** Classifies texts, given as the bytes of text files. */
  List<Classification> classify(List<byte[]> texts) {
    return classifyDocuments(texts.stream().map(model::document).toList());
  }

  /** Classifies documents whose words have been looked up. */
  List<Classification> classifyDocuments(List<Document> documents) {
    List<Classification> results = new ArrayList<>(documents.size());
    for (List<Document> batch : batches(documents)) {
      try (Arena arena = Arena.ofConfined()) {
        Sequences in = model.rows(batch, arena);
        Outputs out = layer.allocate(in, arena);
        layer.forward(in, out);
        for (int d = 0; d < batch.size(); d++) {
          results.add(result(batch.get(d), d, in, out));
        }
      }
    }
    return results;
  }

  /** The documents in as many lists as the layer is called. */
  static List<List<Document>> batches(List<Document> documents) {
    List<List<Document>> batches = new ArrayList<>();
    for (int from = 0; from < documents.size(); from += BATCH) {
      batches.add(documents.subList(from, Math.min(from + BATCH, documents.size())));
    }
    return batches;
  }

  private Classification result(Document document, int index, Sequences in, Outputs out) {
    int outputs = out.logitCount();
    float[] logits = floats(out.get(Output.LOGITS), (long) index * outputs, outputs);
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        throw new AttnPoolException(
            "classify", "the model gives the logit " + logit + ", must be finite");
      }
    }
    float[] weights = floats(out.get(Output.WEIGHTS), in.offset(index), document.length());
    return new Classification(model, document, logits, weights);
  }

  private static float[] floats(MemorySegment from, long index, int count) {
    return from.asSlice(index * Float.BYTES, (long) count * Float.BYTES).toArray(JAVA_FLOAT);
  }

  TextModel model() {
    return model;
  }

  AttentionPooling layer() {
    return layer;
  }

  /** What the layer runs on. */
  LayerInfo info() {
    return layer.info();
  }

  @Override
  public void close() {
    layer.close();
  }
}
