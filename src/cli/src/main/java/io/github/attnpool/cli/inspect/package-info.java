/**
 * The sub-command {@code inspect}: shows what a file of tensors holds and which layers it
 * describes. Recognising a layout is the library's work.
 */
@NullMarked
package io.github.attnpool.cli.inspect;

import org.jspecify.annotations.NullMarked;
