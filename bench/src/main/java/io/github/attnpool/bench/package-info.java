/**
 * The JMH benchmarks of the layer, and the shapes, weights and inputs that all benchmarks share.
 * Other libraries belong to {@code peer}, measuring them to {@code compare}. Nothing here may use
 * those packages.
 */
@NullMarked
package io.github.attnpool.bench;

import org.jspecify.annotations.NullMarked;
