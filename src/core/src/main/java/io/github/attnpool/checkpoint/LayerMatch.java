package io.github.attnpool.checkpoint;

/**
 * A layer of a known layout, found in a file by the names and shapes of its tensors.
 *
 * @param layout name of the layout
 * @param prefix what stands before the layout's names in this file, the last dot included; may be
 *     empty
 * @param outline what the layer computes
 */
public record LayerMatch(String layout, String prefix, LayerOutline outline) {}
