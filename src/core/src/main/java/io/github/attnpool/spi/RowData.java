package io.github.attnpool.spi;

import io.github.attnpool.DeviceRows;
import io.github.attnpool.ElementType;
import java.lang.foreign.MemorySegment;

/**
 * Rows in memory.
 *
 * @param x begins with the first value of the first row; null where rows lie on a device
 * @param device where they lie there; null where they lie in host memory
 * @param type how their numbers are stored: F32, BF16 or F16
 * @param width values in a row
 * @param pitch elements from one row to the next, at least the width
 */
public record RowData(
    MemorySegment x, DeviceRows device, ElementType type, int width, long pitch) {}
