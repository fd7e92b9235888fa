/**
 * Reading of HDF5 files, as a {@link io.github.attnpool.format.TensorFormat} that is found where
 * this module is present. What a file holds is learnt from jHDF; the numbers are read here, in
 * parts. What the tensors mean is the business of others.
 */
@NullMarked
package io.github.attnpool.hdf5;

import org.jspecify.annotations.NullMarked;
