/**
 * Zip archives read from any place: stored entries where they lie in the file, deflated ones
 * through an inflater. Nothing that an archive says about sizes and places is trusted. What the
 * entries are for is not known here.
 */
@NullMarked
package io.github.attnpool.internal.zip;

import org.jspecify.annotations.NullMarked;
