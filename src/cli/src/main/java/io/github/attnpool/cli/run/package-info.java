/**
 * The sub-command {@code run}: pools the sequences of a file, whole or streamed in chunks, writes
 * the outputs, and compares them with expected ones. Reading tensors and sequences is the library's
 * work.
 */
@NullMarked
package io.github.attnpool.cli.run;

import org.jspecify.annotations.NullMarked;
