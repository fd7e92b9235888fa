package io.github.attnpool.internal.cuda.lookup;

import io.github.attnpool.internal.cuda.nvidia.GpuDevice;
import io.github.attnpool.spi.Availability.State;
import java.util.List;
import java.util.Optional;

/**
 * What came of loading CUDA.
 *
 * @param state whether there is CUDA, and if not, of what kind the reason is
 * @param reason why there is no CUDA; empty if there is
 * @param major number of the runtime's version
 * @param devices that the runtime counts
 * @param kernels where the project's kernels were loaded from, or why they were not
 */
record Findings(
    State state, Optional<String> reason, int major, List<GpuDevice> devices, String kernels) {}
