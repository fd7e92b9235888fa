package io.github.attnpool.cli.run;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.ElementType;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.Sequences;
import io.github.attnpool.batch.SequencesStream;
import io.github.attnpool.cli.options.Choice;
import io.github.attnpool.format.Tensor;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The results of a batch as named tensors; with one head, its dimension is left out. */
final class ResultTensors {
  private final long[] context;
  private final long[] positions; // of weights and scores
  private final long[] logits;

  /**
   * @param batch number of sequences
   * @param steps T of a padded batch; −1 for a ragged one
   * @param positions rows of x, padding included
   */
  ResultTensors(AttentionParameters parameters, long batch, long steps, long positions) {
    long heads = parameters.heads();
    long width = parameters.width();
    boolean one = heads == 1;
    if (steps >= 0) {
      this.positions = one ? new long[] {batch, steps} : new long[] {batch, heads, steps};
    } else {
      this.positions = one ? new long[] {positions} : new long[] {heads, positions};
    }
    long contexts = parameters.contexts();
    this.context = contexts == 1 ? new long[] {batch, width} : new long[] {batch, contexts, width};
    this.logits = new long[] {batch, parameters.logitCount()};
  }

  static ResultTensors of(AttentionParameters parameters, Sequences in) {
    return new ResultTensors(parameters, in.batch(), in.steps().orElse(-1), in.positions());
  }

  static ResultTensors of(AttentionParameters parameters, SequencesStream in) {
    return new ResultTensors(parameters, in.batch(), in.steps(), in.positions());
  }

  long[] shape(Output output) {
    return switch (output) {
      case CONTEXT -> context.clone();
      case WEIGHTS, SCORES -> positions.clone();
      case LOGITS -> logits.clone();
    };
  }

  /** Shapes of the wanted results by the names of their tensors, in order. */
  Map<String, long[]> shapes(Collection<Output> wanted) {
    Map<String, long[]> named = new LinkedHashMap<>();
    wanted.forEach(output -> named.put(Choice.name(output), shape(output)));
    return named;
  }

  List<Tensor> of(Outputs results, Collection<Output> wanted) {
    return wanted.stream()
        .map(
            output ->
                new Tensor(
                    Choice.name(output), ElementType.F32, shape(output), results.get(output)))
        .collect(Collectors.toList());
  }
}
