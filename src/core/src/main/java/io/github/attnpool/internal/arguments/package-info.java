/**
 * What must hold of the arguments of public methods, said in one place: given, in range, memory
 * that is open and of this thread, arenas that give what is asked. What an argument is for is not
 * known here.
 */
@NullMarked
package io.github.attnpool.internal.arguments;

import org.jspecify.annotations.NullMarked;
