package io.github.attnpool.bench.peer;

/** How a library is asked for the weighted sum, the last step. Which is faster depends on it. */
enum WeightedSum {
  /** As the textbook says it: α · x, summed over T. */
  MULTIPLY_AND_SUM("multiply and sum"),
  /** As a batched matrix product αᵀ[B,1,T] · x. */
  MATMUL("batched matmul");

  private final String label;

  WeightedSum(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
