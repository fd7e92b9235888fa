/** The comparison: peers checked against each other, timed in turns, and written up. */
package io.github.attnpool.bench.compare;
