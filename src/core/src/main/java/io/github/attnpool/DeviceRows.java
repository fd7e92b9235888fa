package io.github.attnpool;

import java.util.Locale;

/**
 * Rows of x in the memory of a GPU that the caller allocated and owns: what {@code cudaMalloc}
 * returned, or an address inside it. Only backend {@code cuda} reads them. Before each call it
 * checks that the first and the last byte are memory of its device. It cannot check more: the
 * caller vouches for the bytes between.
 *
 * <p>The memory must stay allocated while a forward call runs. Writes to it must end before the
 * call, since the layer's streams wait for no other stream.
 *
 * @param address where the first row begins, a multiple of an element's size
 * @param bytes size of all rows
 */
public record DeviceRows(long address, long bytes) {
  /**
   * Checks that this can be memory.
   *
   * @throws AttnPoolException if the size is negative, or not 0 at address 0
   */
  public DeviceRows {
    if (bytes < 0 || (address == 0 && bytes > 0)) {
      throw new AttnPoolException(
          "device rows",
          String.format(
              Locale.ROOT,
              "%d bytes at address %d, must be some memory of a device",
              bytes,
              address));
    }
  }
}
