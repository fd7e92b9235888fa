/**
 * The service-provider interface of backends. A {@link io.github.attnpool.spi.Backend} is found by
 * {@link java.util.ServiceLoader} and says in its {@link io.github.attnpool.spi.Availability}
 * whether it can be used here, and why not; that never throws. It compiles parameters into an
 * {@link io.github.attnpool.spi.Engine}, which runs forward calls on an {@link
 * io.github.attnpool.spi.EngineInput}, and for sequences in parts may offer a {@link
 * io.github.attnpool.spi.StreamEngine}.
 *
 * <p>What engines are given is validated: the values here hold it and check nothing. Code that
 * several engines share does not belong here, nor does anything that users of the layer need.
 */
@NullMarked
package io.github.attnpool.spi;

import org.jspecify.annotations.NullMarked;
