package io.github.attnpool.attack;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.Plan;
import io.github.attnpool.StepBias;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.parity.Agreement;
import io.github.attnpool.parity.GeneralAgreement;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.GeneralForms;
import io.github.attnpool.testkit.GeneralLayer;
import io.github.attnpool.testkit.RandomForms;
import io.github.attnpool.testkit.Reference;
import io.github.attnpool.testkit.Result;
import io.github.attnpool.testkit.Run;
import io.github.attnpool.testkit.Variant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A layer under attack, and what its results must be. */
final class Target implements AutoCloseable {
  private static final List<Map.Entry<String, AttentionParameters>> GENERAL =
      List.copyOf(GeneralForms.all().entrySet());

  private final String name;
  private final Variant variant;
  private final Optional<GeneralLayer> general; // empty for the plain form
  private final EmptySequencePolicy emptySequence;
  private final AttentionPooling layer;
  private volatile boolean closing;

  private Target(
      String form,
      Variant variant,
      AttentionParameters parameters,
      EmptySequencePolicy emptySequence) {
    this.name = form + " on " + variant + ", empty sequences " + emptySequence;
    this.variant = variant;
    this.general =
        PlainLayer.find(parameters).isPresent()
            ? Optional.empty()
            : Optional.of(new GeneralLayer(parameters));
    this.emptySequence = emptySequence;
    this.layer = variant.builder(parameters).emptySequence(emptySequence).build();
  }

  /** A layer of any form, on any variant that computes it. */
  static Target draw(Random random, List<Variant> variants) {
    Variant variant = Draw.oneOf(random, variants);
    boolean plain =
        variant.plan() != Plan.FUSED || variant.backend().equals("cuda") || random.nextInt(3) > 0;
    Map.Entry<String, AttentionParameters> form =
        plain
            ? Map.entry("a plain form", RandomForms.parameters(random))
            : Draw.oneOf(random, GENERAL);
    EmptySequencePolicy policy =
        random.nextBoolean()
            ? EmptySequencePolicy.ZERO
            : Draw.oneOf(random, EmptySequencePolicy.values());
    return new Target(form.getKey(), variant, form.getValue(), policy);
  }

  /** Another layer of the same kind. */
  Target again() {
    return new Target("again", variant, parameters(), emptySequence);
  }

  /** A batch that this layer takes. */
  Batch batch(Random random) {
    Batch batch = RandomForms.batch(random, parameters());
    return addsScoreBias() && random.nextInt(4) == 0
        ? RandomForms.withScoreBias(random, parameters(), batch)
        : batch;
  }

  AttentionPooling layer() {
    return layer;
  }

  AttentionParameters parameters() {
    return layer.parameters();
  }

  EmptySequencePolicy emptySequence() {
    return emptySequence;
  }

  boolean addsScoreBias() {
    return variant.backend().equals("jvm")
        || (variant.plan() == Plan.FUSED && !variant.backend().equals("cuda"));
  }

  /** Whether a sequence may come in parts. */
  boolean streams() {
    return variant.plan() == Plan.FUSED && !takesPlaces();
  }

  /** Whether a row's score depends on its place in the sequence. */
  boolean takesPlaces() {
    return parameters().score().stream().anyMatch(StepBias.class::isInstance);
  }

  boolean isPlain() {
    return general.isEmpty();
  }

  /** Whether there are keys, which give the bits of a call on the rows. */
  boolean hasKeys() {
    return isPlain() && parameters().units() > 0 && !variant.isDouble();
  }

  /** Compares a run with float64. */
  void check(Batch batch, Run run) {
    EmptyResults empty = new EmptyResults(parameters(), batch, emptySequence);
    if (general.isPresent()) {
      Result expected = general.get().of(batch);
      empty.check(expected, run);
      GeneralAgreement.check(name, expected, run, variant, 1);
    } else {
      Reference reference = Reference.of(parameters(), batch, variant.precision());
      empty.check(reference.result(), run);
      Agreement.relativeToTerms(variant, reference).check(run);
    }
  }

  /** Whether the layer was, or is being, closed, and that is what a call failed of. */
  boolean explains(AttnPoolException e) {
    return closing && e.problem().equals("the layer is closed");
  }

  @Override
  public void close() {
    closing = true;
    layer.close();
  }

  @Override
  public String toString() {
    return name;
  }
}
