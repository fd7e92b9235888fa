package io.github.attnpool;

/**
 * One step of what a layer computes, from a row of values to another. A <i>stage</i> of a layer,
 * for example its hidden units, is a list of steps, each applied to what the one before gives.
 *
 * <ul>
 *   <li>{@link Linear} maps the row to one of another width.
 *   <li>{@link LayerNorm} and {@link BatchNorm} normalise its values.
 *   <li>{@link Activation} is applied to each value.
 *   <li>{@link StepBias} and {@link Divide} belong to the scores alone.
 * </ul>
 *
 * <p>Steps are immutable and thread-safe.
 */
public sealed interface Step permits Linear, LayerNorm, BatchNorm, Activation, StepBias, Divide {}
