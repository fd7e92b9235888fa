/**
 * The choice of a backend: those on the module or class path, and the one that a name or {@code
 * auto} takes, with the reasons. The command and the benchmarks read it too. Backends themselves
 * are not here, and it knows none by name.
 */
@NullMarked
package io.github.attnpool.internal.backends;

import org.jspecify.annotations.NullMarked;
