/**
 * The hand-written classes beside the generated bindings: {@link
 * io.github.attnpool.bindings.NativeCode} loads libraries, {@link
 * io.github.attnpool.bindings.AddressCall} makes handles for hot paths. The packages below hold the
 * generated classes, one library each, and nothing written by hand.
 */
package io.github.attnpool.bindings;
