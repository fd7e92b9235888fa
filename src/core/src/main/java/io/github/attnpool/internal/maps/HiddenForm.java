package io.github.attnpool.internal.maps;

import io.github.attnpool.Activation;
import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The steps to the hidden units, in two parts: a query's term is added between them. */
public final class HiddenForm {
  private final List<Step> before;
  private final Optional<Linear> first;
  private final List<Step> after;

  /** Splits a stage at its first linear map. */
  public HiddenForm(List<Step> steps) {
    int at = 0;
    while (at < steps.size() && !(steps.get(at) instanceof Linear)) {
      at++;
    }
    this.before = steps.subList(0, at);
    this.first = at < steps.size() ? Optional.of((Linear) steps.get(at)) : Optional.empty();
    this.after = at < steps.size() ? steps.subList(at + 1, steps.size()) : List.of();
  }

  /** Returns the first linear map; empty if there is none. */
  public Optional<Linear> first() {
    return first;
  }

  /** Returns the steps up to the first linear map, that map without its bias included. */
  public List<Step> upToFirst() {
    List<Step> steps = new ArrayList<>(before);
    first.ifPresent(map -> steps.add(EffectiveMaps.withoutBias(map)));
    return steps;
  }

  /** Returns the steps after the first linear map. */
  public List<Step> after() {
    return after;
  }

  /** Returns whether it is nothing, or a linear map with or without an activation. */
  public boolean isPlain() {
    return before.isEmpty()
        && (after.isEmpty() || (after.size() == 1 && after.getFirst() instanceof Activation));
  }

  /** Returns the activation after a plain hidden map; identity if there is none. */
  public Activation activation() {
    return isPlain() && !after.isEmpty() ? (Activation) after.getFirst() : Activation.IDENTITY;
  }
}
