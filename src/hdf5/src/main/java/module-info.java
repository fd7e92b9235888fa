/** HDF5 files for attnpool: feature files and Keras weights. Found by {@code TensorFile}. */
module io.github.attnpool.hdf5 {
  requires io.github.attnpool;
  requires io.jhdf;
  requires static org.jspecify;

  exports io.github.attnpool.hdf5;

  provides io.github.attnpool.format.TensorFormat with
      io.github.attnpool.hdf5.Hdf5Format;
}
