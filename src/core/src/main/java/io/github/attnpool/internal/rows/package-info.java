/**
 * Reading kept rows of a batch: the walk over their runs, where they lie in x, and their values in
 * Java. Every engine that touches x goes through it. Nothing here computes with the rows.
 */
@NullMarked
package io.github.attnpool.internal.rows;

import org.jspecify.annotations.NullMarked;
