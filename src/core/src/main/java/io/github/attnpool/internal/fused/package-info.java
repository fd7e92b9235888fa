/**
 * The fused plan, for any backend that brings the arithmetic of one tile: tiles and their order,
 * threads, caller slots, and the folding of blocks into sequences. It decides which rows are worked
 * on, by whom and in which order. It computes nothing itself.
 */
@NullMarked
package io.github.attnpool.internal.fused;

import org.jspecify.annotations.NullMarked;
