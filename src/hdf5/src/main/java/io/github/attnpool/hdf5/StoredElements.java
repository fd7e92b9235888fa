package io.github.attnpool.hdf5;

import io.jhdf.AbstractNode;
import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.dataset.CompactDataset;
import io.jhdf.object.message.DataLayoutMessage;
import io.jhdf.object.message.FilterPipelineMessage;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * Finds the elements of datasets in a file.
 *
 * @param file all its bytes
 * @param userBlock bytes before the one from which HDF5 counts
 * @param trees checks where chunks are said to be
 */
record StoredElements(MemorySegment file, long userBlock, TreeCheck trees) {

  /**
   * Says why the elements of a dataset cannot be read, as the end of a sentence that begins with
   * its name; empty if they can. Also that a dataset is larger than the file can hold: else a few
   * bytes could ask for any amount of memory.
   */
  String problem(Dataset dataset, StoredType type, long elements) {
    long needed = Math.multiplyExact(elements, type.bytes());
    if (needed == 0) {
      return "";
    }
    return switch (dataset) {
      case ContiguousDataset whole -> problem(whole, needed);
      case ChunkedDataset chunked -> problem(chunked, type, needed);
      case CompactDataset compact when compact.getDataBuffer().remaining() < needed ->
          tooLarge(needed);
      case CompactDataset _ -> "";
      default -> "is stored in a way that is not read";
    };
  }

  private String problem(ContiguousDataset whole, long needed) {
    long address = whole.getDataAddress();
    if (address < 0) {
      return "was never written";
    }
    return address > file.byteSize() - userBlock || needed > file.byteSize() - userBlock - address
        ? tooLarge(needed)
        : "";
  }

  private String problem(ChunkedDataset chunked, StoredType type, long needed) {
    ChunkFilters filters = filters(chunked, type);
    if (filters.unknown().isPresent()) {
      return String.format(
          Locale.ROOT,
          "is packed by the filter with number %d, which is not read; gzip and lzf are",
          filters.unknown().get());
    }
    long most = filters.shrinks() ? ChunkFilters.MAX_RATIO : 1;
    return needed / most > file.byteSize() ? tooLarge(needed) : "";
  }

  private String tooLarge(long needed) {
    return String.format(
        Locale.ROOT,
        "has %d bytes, more than the file of %d can hold; was it cut short, or never filled?",
        needed,
        file.byteSize());
  }

  /** Returns the elements of a dataset that has no problem. */
  StoredData open(Dataset dataset, StoredType type, long elements) {
    long needed = elements * type.bytes();
    if (needed == 0) {
      return new WholeData(MemorySegment.NULL, type);
    }
    return switch (dataset) {
      case ContiguousDataset whole ->
          new WholeData(file.asSlice(userBlock + whole.getDataAddress(), needed), type);
      case ChunkedDataset chunked -> {
        checkTree(chunked);
        yield new ChunkedData(chunked, type, filters(chunked, type), chunked.getDimensions());
      }
      case CompactDataset compact ->
          new WholeData(MemorySegment.ofBuffer(compact.getDataBuffer()), type);
      default -> throw new IllegalArgumentException("no such dataset");
    };
  }

  private void checkTree(ChunkedDataset chunked) {
    if (chunked instanceof AbstractNode node
        && node.getHeader().getMessageOfType(DataLayoutMessage.class)
            instanceof DataLayoutMessage.ChunkedDataLayoutMessage layout) {
      trees.checkChunks(layout.getBTreeAddress(), chunked.getDimensions().length);
    }
  }

  private static ChunkFilters filters(ChunkedDataset chunked, StoredType type) {
    // Not jHDF's list of filters, which needs the libraries of filters that are not used here.
    return chunked instanceof AbstractNode node
            && node.getHeader().hasMessageOfType(FilterPipelineMessage.class)
        ? ChunkFilters.of(
            node.getHeader().getMessageOfType(FilterPipelineMessage.class), type.bytes())
        : ChunkFilters.none(type.bytes());
  }
}
