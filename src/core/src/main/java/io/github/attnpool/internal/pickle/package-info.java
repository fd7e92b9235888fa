/**
 * A machine that reads Python's pickles as data: it builds numbers, texts, lists and dictionaries,
 * and asks its caller about everything that a pickle would call. No code of the pickle's choice is
 * run and no class is loaded by its name. What PyTorch and NumPy put into pickles is not known
 * here.
 */
@NullMarked
package io.github.attnpool.internal.pickle;

import org.jspecify.annotations.NullMarked;
