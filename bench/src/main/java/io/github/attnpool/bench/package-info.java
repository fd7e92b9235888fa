/** Benchmarks of the layer, and what they run on. */
package io.github.attnpool.bench;
