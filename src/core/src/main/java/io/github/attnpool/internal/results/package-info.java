/**
 * Results that need no arithmetic, and are the same for every engine: of masked positions and of
 * empty sequences. The rule for empty sequences stands here alone. Results of kept rows are the
 * engines' own.
 */
@NullMarked
package io.github.attnpool.internal.results;

import org.jspecify.annotations.NullMarked;
