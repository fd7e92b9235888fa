/**
 * The spam/ham example: classifies text documents by word embeddings, attention pooling and an
 * output layer, all trained in PyTorch by {@code scripts/example/train-example.py}.
 */
package io.github.attnpool.cli.classify;
