package io.github.attnpool.checkpoint;

/**
 * A layer of a known layout, found in a file.
 *
 * @param layout which one
 * @param prefix what stands before its names in this file, the last dot included; may be empty
 * @param outline what it computes
 */
public record LayoutMatch(Layout layout, String prefix, LayerOutline outline) {}
