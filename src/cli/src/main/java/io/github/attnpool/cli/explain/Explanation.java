package io.github.attnpool.cli.explain;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.LayerInfo;
import io.github.attnpool.Outputs;
import io.github.attnpool.RankedRow;
import io.github.attnpool.Sequences;
import io.github.attnpool.cli.options.Choice;
import io.github.attnpool.cli.options.LoadedLayer;
import io.github.attnpool.cli.text.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rows of a batch that get the most attention. */
final class Explanation {
  private final LoadedLayer layer;
  private final LayerInfo info;
  private final Sequences in;
  private final Outputs out;
  private final int top;
  private final int firstHead;
  private final int lastHead;

  /**
   * @param out with weights and scores
   * @param top rows to show of each sequence and head
   * @param head the only one to show, or null
   */
  Explanation(
      LoadedLayer layer,
      LayerInfo info,
      Sequences in,
      Outputs out,
      int top,
      @Nullable Integer head) {
    this.layer = layer;
    this.info = info;
    this.in = in;
    this.out = out;
    this.top = top;
    this.firstHead = head == null ? 0 : head;
    this.lastHead = head == null ? out.heads() - 1 : head;
  }

  void print(PrintWriter text) {
    for (int sequence = 0; sequence < in.batch(); sequence++) {
      for (int head = firstHead; head <= lastHead; head++) {
        List<RankedRow> rows = best(sequence, head);
        text.printf(
            Locale.ROOT,
            "sequence %d%s: %d of %d rows%n",
            sequence,
            out.heads() == 1 ? "" : ", head " + head,
            rows.size(),
            in.keptRows(sequence));
        for (RankedRow row : rows) {
          text.printf(
              Locale.ROOT,
              "%10d  weight %-12.6g  score %.6g%n",
              row.row(),
              row.weight(),
              score(sequence, head, row));
        }
      }
    }
  }

  /** A weight or score that is no finite number, which JSON cannot express, is null. */
  void printJson(PrintWriter text) {
    Json.print(
        text,
        json -> {
          json.writeStringField("backend", info.backend());
          json.writeStringField("isa", info.isa());
          json.writeStringField("plan", Choice.name(info.plan()));
          json.writeStringField("precision", Choice.name(info.precision()));
          json.writeNumberField("threads", info.threads());
          layer.write(json);
          json.writeArrayFieldStart("sequences");
          for (int sequence = 0; sequence < in.batch(); sequence++) {
            for (int head = firstHead; head <= lastHead; head++) {
              write(json, sequence, head);
            }
          }
          json.writeEndArray();
        });
  }

  private void write(JsonGenerator json, int sequence, int head) throws IOException {
    json.writeStartObject();
    json.writeNumberField("sequence", sequence);
    json.writeNumberField("head", head);
    json.writeNumberField("rows", in.keptRows(sequence));
    json.writeArrayFieldStart("top");
    for (RankedRow row : best(sequence, head)) {
      json.writeStartObject();
      json.writeNumberField("row", row.row());
      write(json, "weight", row.weight());
      write(json, "score", score(sequence, head, row));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String field, float value) throws IOException {
    json.writeFieldName(field);
    if (Float.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeNull();
    }
  }

  private List<RankedRow> best(int sequence, int head) {
    long steps = in.offset(sequence + 1) - in.offset(sequence);
    long kept = in.keptRows(sequence);
    if (kept == 0) {
      return List.of();
    }
    List<RankedRow> rows = unmasked(sequence, head, top);
    if (rows.size() < Math.min(top, kept)) {
      // Masked rows stood before kept ones whose weight is 0 too: ask for as many more.
      rows = unmasked(sequence, head, (int) Math.min(Integer.MAX_VALUE, top + steps - kept));
    }
    return rows.subList(0, Math.min(top, rows.size()));
  }

  private List<RankedRow> unmasked(int sequence, int head, int count) {
    boolean masked = in.keptRows(sequence) < in.offset(sequence + 1) - in.offset(sequence);
    return out.top(in, sequence, head, count).stream()
        .filter(row -> !masked || score(sequence, head, row) != Float.NEGATIVE_INFINITY)
        .toList();
  }

  private float score(int sequence, int head, RankedRow row) {
    long at = in.resultIndex(sequence, head, out.heads()) + row.row();
    return out.scores().getAtIndex(JAVA_FLOAT, at);
  }
}
