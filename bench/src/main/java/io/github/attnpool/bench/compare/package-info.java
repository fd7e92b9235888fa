/**
 * The program of {@code scripts/bench}: it checks peers against attnpool and float64, times them
 * interleaved, and writes the report. {@code Agenda} lists the cases, {@code Kinds} the peers,
 * {@code Rounds} does the timing, {@code Report} the writing. How a library is called belongs to
 * {@code peer}.
 */
@NullMarked
package io.github.attnpool.bench.compare;

import org.jspecify.annotations.NullMarked;
