/**
 * Batches of sequences in files: {@link io.github.attnpool.batch.SequencesFile} maps a whole file,
 * {@link io.github.attnpool.batch.SequencesStream} reads one of any size in chunks. Both check the
 * same tensors by the same rules. How tensors are stored belongs to {@code format}, what is
 * computed from the rows to the layer.
 */
@NullMarked
package io.github.attnpool.batch;

import org.jspecify.annotations.NullMarked;
