/**
 * The attention-pooling layer as its callers see it: {@link io.github.attnpool.AttentionParameters}
 * make an {@link io.github.attnpool.AttentionPooling}, which pools {@link
 * io.github.attnpool.Sequences} into {@link io.github.attnpool.Outputs}. Arguments are checked
 * here, before an engine sees them. How a layer computes belongs to the backends, and what lies in
 * files to {@code checkpoint} and {@code batch}.
 */
@NullMarked
package io.github.attnpool;

import org.jspecify.annotations.NullMarked;
