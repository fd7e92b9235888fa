/**
 * The implementations of the layer that are timed against each other, behind {@link
 * io.github.attnpool.bench.peer.PeerKind}: attnpool itself, other libraries, code in C, and child
 * processes. A peer runs calls and reads the clock. When to call whom, and what the times mean, is
 * up to {@code compare}, which nothing here may use.
 */
@NullMarked
package io.github.attnpool.bench.peer;

import org.jspecify.annotations.NullMarked;
