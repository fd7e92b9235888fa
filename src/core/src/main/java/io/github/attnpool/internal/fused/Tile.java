package io.github.attnpool.internal.fused;

/** A stretch of kept rows that one thread works on at a time; reused from claim to claim. */
final class Tile {
  /** Place in the order of claims, from 0. */
  long ticket;

  /** Number of the first kept row. */
  long row;

  /** Rows. */
  long rows;

  /** Sequence of the first row. */
  int sequence;
}
