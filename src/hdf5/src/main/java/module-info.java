/** HDF5 files for attnpool: feature files and Keras weights. {@code TensorFile} finds it. */
@SuppressWarnings("module") // the format's name ends with a digit
module io.github.attnpool.hdf5 {
  requires transitive io.github.attnpool;
  requires io.jhdf;
  requires org.apache.commons.lang3; // jHDF does, but says so to Maven only
  requires org.slf4j; // as well
  requires static org.jspecify;

  exports io.github.attnpool.hdf5;

  provides io.github.attnpool.format.TensorFormat with
      io.github.attnpool.hdf5.Hdf5Format;
}
