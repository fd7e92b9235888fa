package io.github.attnpool;

/**
 * How the output layer takes the contexts of several heads; with one head all three are the same.
 * Files spell it in lower case: {@code per-head}.
 */
public enum HeadCombination {
  /** F is [O, R·H], over the contexts one behind the other. */
  CONCAT,
  /** F is [O, H], over the mean of the contexts. */
  MEAN,
  /** F is [R, H]: logit r is that of head r alone, and O = R. */
  PER_HEAD
}
