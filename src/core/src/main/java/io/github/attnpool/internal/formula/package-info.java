/**
 * The layer's formulas in float64: activations, linear maps, and rows as they are pooled. For
 * references and rare cases, where exactness counts and speed does not. Nothing here holds float32
 * scratch or knows of tiles.
 */
@NullMarked
package io.github.attnpool.internal.formula;

import org.jspecify.annotations.NullMarked;
