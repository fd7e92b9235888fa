package io.github.attnpool;

/**
 * Rows of x in the memory of a GPU, which the caller allocated and owns: what {@code cudaMalloc}
 * returned, or an address within. Only backend {@code cuda} reads them, and checks before each call
 * that the first and the last byte are memory of its device. It cannot check more than that: the
 * caller vouches for what is between.
 *
 * <p>The memory must stay allocated while a forward call runs. Writes to it must have ended before
 * the call: the layer runs on streams of its own, which wait for no other.
 *
 * @param address where the first row begins, a multiple of an element's size
 * @param bytes of all rows
 */
public record DeviceRows(long address, long bytes) {
  /** Checks that it can be memory. */
  public DeviceRows {
    if (bytes < 0 || (address == 0 && bytes > 0)) {
      throw new AttnPoolException(
          "device rows",
          "%d bytes at address %d, must be some memory of a device".formatted(bytes, address));
    }
  }
}
