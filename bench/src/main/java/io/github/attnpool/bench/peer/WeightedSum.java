package io.github.attnpool.bench.peer;

/** How the weighted sum, the last step, is written. Which way is faster depends on the library. */
enum WeightedSum {
  /** As in the textbook: α · x, summed over T. */
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
