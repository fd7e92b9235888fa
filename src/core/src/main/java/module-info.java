/** The attention-pooling layer: its values, its backends, and the files it reads and writes. */
@SuppressWarnings("module") // the modules it exports internals to are built later
module io.github.attnpool {
  requires com.fasterxml.jackson.core;
  requires io.github.attnpool.bindings;
  requires static org.jspecify;
  requires static jdk.incubator.vector; // backend jvm uses it where it is

  exports io.github.attnpool;
  exports io.github.attnpool.spi;
  exports io.github.attnpool.batch;
  exports io.github.attnpool.checkpoint;
  exports io.github.attnpool.format;
  exports io.github.attnpool.internal.backends to
      io.github.attnpool.bench,
      io.github.attnpool.cli;
  exports io.github.attnpool.internal.io to
      io.github.attnpool.cli,
      io.github.attnpool.example,
      io.github.attnpool.hdf5;
  exports io.github.attnpool.internal.zip to
      io.github.attnpool.hdf5;
  exports io.github.attnpool.internal.kernels to
      io.github.attnpool.bench,
      io.github.attnpool.cli;
  exports io.github.attnpool.internal.maps to
      io.github.attnpool.bench,
      io.github.attnpool.cli;
  exports io.github.attnpool.internal.results to
      io.github.attnpool.cli;

  uses io.github.attnpool.format.TensorFormat;
  uses io.github.attnpool.spi.Backend;

  provides io.github.attnpool.spi.Backend with
      io.github.attnpool.internal.cuda.CudaBackend,
      io.github.attnpool.internal.onednn.OneDnnBackend,
      io.github.attnpool.internal.jvm.JvmBackend;
}
