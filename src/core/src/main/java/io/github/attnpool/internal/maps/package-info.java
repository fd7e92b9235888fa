/**
 * A layer's linear maps in the form in which every engine multiplies them, derived from its
 * parameters. Here stands what a gate, the temperature and the heads do to a map's shape and
 * values, and which steps of a layer of any form the fused plan does at once ({@link
 * io.github.attnpool.internal.maps.LayerForm}). Packing for a certain library or kernel belongs to
 * its engine. {@link io.github.attnpool.internal.maps.LinearArrays} gives the library's packages
 * the maps' arrays without a copy: {@link io.github.attnpool.Linear} installs the access there.
 */
@NullMarked
package io.github.attnpool.internal.maps;

import org.jspecify.annotations.NullMarked;
