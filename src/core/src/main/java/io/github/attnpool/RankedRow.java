package io.github.attnpool;

/**
 * A row and the attention it got.
 *
 * @param step place of the row in its sequence, from 0, masked rows counted
 * @param weight its softmax weight
 */
public record RankedRow(long step, float weight) {}
