/**
 * An application of the layer: classifies text as spam or ham by word embeddings, attention pooling
 * and an output layer, all trained in PyTorch by {@code scripts/example/train-example.py}. Its
 * three sub-commands are {@code classify}, {@code demo} and {@code evaluate}. What every user of
 * the layer needs belongs to the library, not here.
 */
@NullMarked
package io.github.attnpool.example;

import org.jspecify.annotations.NullMarked;
