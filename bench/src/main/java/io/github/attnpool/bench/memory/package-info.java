/**
 * The program of {@code scripts/bench memory}: it measures the native memory that a layer takes.
 * Times are measured elsewhere.
 */
@NullMarked
package io.github.attnpool.bench.memory;

import org.jspecify.annotations.NullMarked;
