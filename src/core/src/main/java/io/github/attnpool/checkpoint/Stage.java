package io.github.attnpool.checkpoint;

import io.github.attnpool.internal.io.Spelling;

/** A stage of a layer, in the order in which files describe it. */
enum Stage {
  ROWS,
  HIDDEN,
  GATE,
  QUERY,
  SCORE,
  VALUES,
  OUTPUT;

  /** Returns the key in a layout file. */
  String key() {
    return Spelling.of(this);
  }

  /** Returns whether <code>{i}</code> may stand in its names. */
  boolean mayHavePerHead() {
    return this == HIDDEN || this == GATE || this == SCORE || this == OUTPUT;
  }
}
