package io.github.attnpool.internal.onednn;

import io.github.attnpool.ElementType;

/** Where the rows of the open tile lie, by address. Of one thread. */
final class OpenRows {
  /** Rows. */
  long count;

  /** x, F32; 0 if it is BF16. */
  long x;

  /** x, BF16; 0 if it is F32. */
  long xBf16;

  /** The scored rows, F32; 0 if they are BF16 alone. */
  long scored;

  /** The scored rows, BF16; 0 where nobody needs them. */
  long scoredBf16;

  /** Opens a tile of rows of x. */
  void open(long address, ElementType type, long rows) {
    boolean bf16 = type == ElementType.BF16;
    count = rows;
    x = bf16 ? 0 : address;
    xBf16 = bf16 ? address : 0;
  }

  /** Scores x itself. */
  void scoreInput() {
    scored = x;
    scoredBf16 = xBf16;
  }
}
