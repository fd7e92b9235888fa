/**
 * The sub-command {@code bench}: times the forward pass on random data. Comparisons with other
 * libraries belong to the project's benchmarks, not here.
 */
@NullMarked
package io.github.attnpool.cli.bench;

import org.jspecify.annotations.NullMarked;
