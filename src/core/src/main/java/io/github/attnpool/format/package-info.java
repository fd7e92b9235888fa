/** Files: safetensors and npy tensors, and the layouts in which parameters are stored. */
package io.github.attnpool.format;
