package io.github.attnpool.checkpoint;

import io.github.attnpool.HeadCombination;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a layout says beside its stages' steps.
 *
 * @param name of the layout
 * @param source where it comes from
 * @param note what the file cannot prove
 * @param queryIsTerm whether queries are said to be terms
 * @param perChannel whether each channel has a softmax of its own
 * @param epsilon of the softmax
 * @param poolsInput whether x itself is pooled
 * @param deviation whether the standard deviation follows the mean
 * @param minVariance the least variance
 * @param heads how the output takes the heads
 * @param ignore patterns of tensors that are known not to be on the path
 * @param optional stages that a file need not have
 * @param metadata whether the file's metadata say activations, temperature and heads
 * @param oneHead whether there must be one head
 */
record LayoutFields(
    String name,
    Optional<String> source,
    Optional<String> note,
    boolean queryIsTerm,
    boolean perChannel,
    float epsilon,
    boolean poolsInput,
    boolean deviation,
    float minVariance,
    HeadCombination heads,
    List<String> ignore,
    Set<Stage> optional,
    boolean metadata,
    boolean oneHead) {

  /** Returns the fields of a draft that is made after this layout. */
  LayoutFields draft(String newName, String newNote) {
    return new LayoutFields(
        newName,
        Optional.empty(),
        Optional.of(newNote),
        queryIsTerm,
        perChannel,
        epsilon,
        poolsInput,
        deviation,
        minVariance,
        heads,
        ignore,
        Set.of(),
        false,
        false);
  }
}
