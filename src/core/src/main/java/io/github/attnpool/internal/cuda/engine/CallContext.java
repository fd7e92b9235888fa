package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.internal.fused.StateLayout;

/**
 * What the steps of one thread's calls share.
 *
 * @param slot streams and memory, which no other call uses
 * @param layer computes hidden units
 */
record CallContext(
    DeviceParameters parameters, WorkLimits limits, CallSlot slot, HiddenLayer layer) {
  /** Returns how states lie in host memory. */
  StateLayout layout() {
    return new StateLayout(parameters.heads(), parameters.width());
  }

  /** Returns the place of a state on the device. */
  DeviceState state() {
    return new DeviceState(layout(), parameters.source().logitCount(), slot);
  }
}
