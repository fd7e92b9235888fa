/**
 * The sub-command {@code inspect}: shows what a file of tensors holds and which layers it
 * describes. Recognising a layout is the library's work.
 */
package io.github.attnpool.cli.inspect;
