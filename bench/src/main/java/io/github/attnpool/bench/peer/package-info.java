/** Implementations of the layer that are timed against each other, behind one interface. */
package io.github.attnpool.bench.peer;
