package io.github.attnpool.bench.compare;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.bench.peer.PeerKind.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Writes the comparison as data: the facts, and one object for each peer at each case. */
final class JsonReport {
  private final JsonGenerator json;

  private JsonReport(JsonGenerator json) {
    this.json = json;
  }

  static void write(
      Path file, Machine machine, Options options, double startMillis, List<CaseResult> results)
      throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(file.toFile(), JsonEncoding.UTF8)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeObjectFieldStart("machine");
      for (var fact : machine.facts().entrySet()) {
        json.writeStringField(fact.getKey(), fact.getValue());
      }
      json.writeEndObject();
      json.writeBooleanField("quick", options.quick());
      json.writeNumberField("secondsPerPeer", options.seconds());
      json.writeNumberField("startMillis", startMillis);
      json.writeArrayFieldStart("results");
      JsonReport report = new JsonReport(json);
      for (CaseResult result : results) {
        for (PeerResult one : result.results()) {
          report.write(result, one);
        }
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  private void write(CaseResult result, PeerResult one) throws IOException {
    Case of = result.of();
    json.writeStartObject();
    json.writeStringField("group", of.group().toString());
    json.writeNumberField("b", of.shape().batch());
    json.writeNumberField("t", of.shape().steps());
    json.writeNumberField("h", of.shape().width());
    json.writeNumberField("d", of.shape().units());
    json.writeStringField("form", of.shape().form().toString());
    json.writeStringField("precision", of.arithmetic().label());
    json.writeNumberField("threads", of.threads());
    json.writeBooleanField("cold", of.cold());
    json.writeStringField("who", one.name());
    json.writeStringField("role", one.role().name().toLowerCase(Locale.ROOT));
    json.writeStringField("runsOn", one.runsOn());
    if (one.problem().isPresent()) {
      json.writeStringField(one.wrong() ? "wrong" : "notOffered", one.problem().get());
    } else {
      writeTimes(result, one);
    }
    json.writeEndObject();
  }

  private void writeTimes(CaseResult result, PeerResult one) throws IOException {
    Timing timing = one.timing();
    number("medianMillis", timing.median() / 1e6);
    number("p99Millis", timing.p99() / 1e6);
    json.writeNumberField("samples", timing.count());
    json.writeNumberField("rounds", timing.rounds());
    number("gflops", result.flops(one) / 1e9);
    number("rowsPerSecond", result.of().shape().rows() / timing.median() * 1e9);
    number("peakGflops", result.peakFlops() / 1e9);
    number("fractionOfPeak", result.fractionOfPeak(one));
    number("timesAttnpool", result.ratio(one));
    number(
        "timesYardstick",
        result
            .fastest(Role.YARDSTICK)
            .map(yardstick -> timing.ratioTo(yardstick.timing()))
            .orElse(Double.NaN));
    number("contextError", one.contextError());
    number("weightsError", one.weightsError());
  }

  private void number(String name, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumberField(name, value);
    } else {
      json.writeNullField(name);
    }
  }
}
