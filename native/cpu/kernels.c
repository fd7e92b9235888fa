/* All kernels of one tier. The build compiles this file once per tier, with the tier's flags. */
#include "kernels.h"

#include "activate.h"
#include "channel_states.h"
#include "channels.h"
#include "convert.h"
#include "norm.h"
#include "pool_heads.h"
#include "probe.h"
#include "rows.h"
#include "score.h"
#include "state.h"
#include "transpose.h"

const struct attnpool_kernels TIER_KERNELS = {
    .tier = TIER_NAME,
    .score_f32 = score_f32,
    .activate_f32 = activate_f32,
    .layer_norm_f32 = layer_norm_f32,
    .multiply_f32 = multiply_f32,
    .add_f32 = add_f32,
    .weighted_sum_f32 = weighted_sum_f32,
    .pool_block_f32 = pool_block_f32,
    .pool_block_bf16 = pool_block_bf16,
    .merge_f64 = merge_f64,
    .finish_f64 = finish_f64,
    .weights_f32 = weights_f32,
    .channel_block_f32 = channel_block_f32,
    .channel_block_bf16 = channel_block_bf16,
    .head_moments_f32 = head_moments_f32,
    .head_moments_bf16 = head_moments_bf16,
    .channel_merge_f64 = channel_merge_f64,
    .channel_finish_f64 = channel_finish_f64,
    .channel_weights_f32 = channel_weights_f32,
    .bf16_from_f32 = bf16_from_f32,
    .f32_from_bf16 = f32_from_bf16,
    .f32_from_f16 = f32_from_f16,
    .transpose_f32 = transpose_f32,
    .probe_f32 = probe_f32,
    .probe_bf16 = probe_bf16,
};
