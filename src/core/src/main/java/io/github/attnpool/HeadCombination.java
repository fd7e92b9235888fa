package io.github.attnpool;

/**
 * How the output layer takes the contexts of several heads. With one head all three are the same.
 * Files spell it in lower case: {@code per-head}.
 */
public enum HeadCombination {
  /** F is [O, R·H], over the concatenated contexts. */
  CONCAT,
  /** F is [O, H], over the mean of the contexts. */
  MEAN,
  /** F is [R, H]: logit r is made from the context of head r alone, and O = R. */
  PER_HEAD
}
