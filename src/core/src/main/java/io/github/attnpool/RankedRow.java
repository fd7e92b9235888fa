package io.github.attnpool;

/**
 * A row and its weight, as {@link Outputs#top} returns it.
 *
 * @param row index of the row in its sequence, from 0, masked rows counted
 * @param weight its softmax weight
 */
public record RankedRow(long row, float weight) {}
