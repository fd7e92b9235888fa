package io.github.attnpool.cli;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.ElementType;
import io.github.attnpool.Output;
import io.github.attnpool.Pooled;
import io.github.attnpool.Sequences;
import io.github.attnpool.format.Tensor;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The results of a batch as named tensors; with one head, its dimension is left out. */
final class ResultTensors {
  private final Map<Output, long[]> shapes = new TreeMap<>();

  ResultTensors(AttentionParameters parameters, Sequences in) {
    long batch = in.batch();
    long heads = parameters.heads();
    long width = parameters.width();
    boolean one = heads == 1;
    long[] positions;
    if (in.isPadded()) {
      long steps = in.steps();
      positions = one ? new long[] {batch, steps} : new long[] {batch, heads, steps};
    } else {
      long rows = in.positions();
      positions = one ? new long[] {rows} : new long[] {heads, rows};
    }
    shapes.put(Output.CONTEXT, one ? new long[] {batch, width} : new long[] {batch, heads, width});
    shapes.put(Output.WEIGHTS, positions);
    shapes.put(Output.SCORES, positions);
    shapes.put(Output.LOGITS, new long[] {batch, parameters.outputs()});
  }

  long[] shape(Output output) {
    return shapes.get(output).clone();
  }

  List<Tensor> of(Pooled results, Collection<Output> wanted) {
    return wanted.stream()
        .map(
            output ->
                new Tensor(
                    Choice.name(output), ElementType.F32, shape(output), results.get(output)))
        .collect(Collectors.toList());
  }
}
