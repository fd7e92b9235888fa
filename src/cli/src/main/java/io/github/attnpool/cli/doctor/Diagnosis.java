package io.github.attnpool.cli.doctor;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.cli.text.ProjectVersion;
import io.github.attnpool.internal.backends.BackendChoice;
import io.github.attnpool.internal.backends.Backends;
import io.github.attnpool.spi.Availability;
import io.github.attnpool.spi.Backend;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What this machine offers, and which backend would run. */
final class Diagnosis {
  private static final String UNKNOWN = "unknown";
  private static final String CUDA = "cuda";

  private final Map<String, Availability> backends = new LinkedHashMap<>(); // best first
  private final Map<String, Facts> sections = new LinkedHashMap<>();

  private Diagnosis() {}

  /** Asks every backend of this build; may load their libraries. */
  static Diagnosis ofThisMachine() {
    Diagnosis diagnosis = new Diagnosis();
    for (Backend backend : Backends.all()) {
      diagnosis.backends.put(backend.name(), Backends.availability(backend));
    }
    diagnosis.addMachine();
    diagnosis.addOneDnn();
    diagnosis.sections.put("jvm", JvmLoops.facts());
    diagnosis.addCuda();
    return diagnosis;
  }

  void print(PrintWriter out) {
    sections.forEach(
        (section, facts) -> {
          if (section.equals(CUDA)) {
            printCuda(out);
          } else {
            out.printf("%-10s %s%n", section, facts);
          }
        });
    Optional<BackendChoice> choice = choice();
    Optional<String> chosen = choice.map(taken -> taken.backend().name());
    backends.forEach(
        (name, availability) ->
            out.printf(
                "%-10s %s: %s%s%n",
                "backend",
                name,
                availability.available() ? "available" : "not available",
                chosen.equals(Optional.of(name)) ? ", chosen by auto" : ""));
    choice.ifPresent(
        taken -> taken.notices().forEach(notice -> out.printf("%-10s %s%n", "auto", notice)));
  }

  private void printCuda(PrintWriter out) {
    Availability cuda = availability(CUDA);
    String found = Attempts.heading(cuda.detail());
    out.printf("%-10s %s%s%n", CUDA, cuda.available() ? "" : "not available: ", found);
    cuda.facts().forEach(new Attempts(out)::print);
  }

  void write(JsonGenerator json) throws IOException {
    for (Map.Entry<String, Facts> section : sections.entrySet()) {
      json.writeFieldName(section.getKey());
      section.getValue().write(json);
    }
    json.writeStringField("backend", choice().map(taken -> taken.backend().name()).orElse(null));
    json.writeArrayFieldStart("backends");
    for (Map.Entry<String, Availability> backend : backends.entrySet()) {
      json.writeStartObject();
      json.writeStringField("name", backend.getKey());
      json.writeBooleanField("available", backend.getValue().available());
      json.writeStringField("detail", backend.getValue().detail());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void addMachine() {
    sections.put("attnpool", new Facts().add("version", ProjectVersion.text()));
    sections.put(
        "jdk",
        new Facts()
            .add("version", System.getProperty("java.runtime.version"))
            .add("vendor", System.getProperty("java.vendor"))
            .add("home", System.getProperty("java.home")));
    sections.put(
        "processor",
        new Facts()
            .add("name", Processor.name())
            .add("architecture", System.getProperty("os.arch"))
            .add("available", Runtime.getRuntime().availableProcessors()));
  }

  private void addOneDnn() {
    Availability oneDnn = availability("onednn");
    Map<String, String> facts = oneDnn.facts();
    sections.put(
        "isa",
        new Facts()
            .add("detected", facts.getOrDefault("isaDetected", UNKNOWN))
            .add("used", facts.getOrDefault("isa", UNKNOWN))
            .add("loadedFrom", facts.get("kernelsLoadedFrom")));
    sections.put(
        "onednn",
        new Facts()
            .add("version", facts.get("version"))
            .add("isa", facts.get("libraryIsa"))
            .add("loadedFrom", facts.get("loadedFrom"))
            .addReason(oneDnn));
    sections.put("cache", new Facts().add("folder", facts.getOrDefault("cache", UNKNOWN)));
  }

  private void addCuda() {
    Availability cuda = availability(CUDA);
    Facts facts = new Facts();
    cuda.facts().forEach(facts::add);
    sections.put(CUDA, facts.addReason(cuda));
  }

  private Availability availability(String backend) {
    return backends.getOrDefault(
        backend, Availability.no("there is no " + backend + " backend in this version"));
  }

  /** Returns what {@code auto} chooses, if it can choose. */
  private Optional<BackendChoice> choice() {
    try {
      return Optional.of(Backends.choice("auto"));
    } catch (AttnPoolException _) { // none can be used, or a setting is wrong: said per backend
      return Optional.empty();
    }
  }
}
