#include "packed_matmul.h"

#include <stdlib.h>
#include <string.h>

#include "dnnl.h"

enum { MAX_SIZES = 16, ALIGNMENT = 64, SCRATCHPAD_BYTES = 1 << 16 };

struct packed_matmul {
  int64_t inputs, outputs;
  size_t element;
  int sizes;
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  dnnl_memory_t weights;
  dnnl_primitive_t primitive[MAX_SIZES];
  dnnl_memory_t src[MAX_SIZES], dst[MAX_SIZES], pad[MAX_SIZES];
  dnnl_exec_arg_t arguments[MAX_SIZES][4];
  void *packed, *scratchpad, *pair_in;
  float *pair_out;
};

static void *aligned(size_t bytes) {
  return aligned_alloc(ALIGNMENT, (bytes + ALIGNMENT) / ALIGNMENT * ALIGNMENT);
}

static int matrix(dnnl_memory_desc_t *out, dnnl_data_type_t type, int64_t rows, int64_t columns,
                  int64_t row_stride, int64_t stride) {
  dnnl_dims_t sizes = {rows, columns};
  dnnl_dims_t strides = {row_stride, stride};
  return dnnl_memory_desc_create_with_strides(out, 2, sizes, type, strides) == dnnl_success;
}

static int describe(packed_matmul *m, dnnl_primitive_attr_t attributes, int64_t rows, int bf16,
                    const_dnnl_memory_desc_t weights, dnnl_memory_desc_t *src,
                    dnnl_memory_desc_t *dst, dnnl_primitive_desc_t *operation) {
  return matrix(src, bf16 ? dnnl_bf16 : dnnl_f32, rows, m->inputs, m->inputs, 1) &&
         matrix(dst, dnnl_f32, rows, m->outputs, m->outputs, 1) &&
         dnnl_matmul_primitive_desc_create(operation, m->engine, *src, weights, NULL, *dst,
                                           attributes) == dnnl_success;
}

static int pack(packed_matmul *m, dnnl_primitive_attr_t attributes, const float *w,
                const_dnnl_memory_desc_t layout) {
  dnnl_memory_desc_t plain;
  dnnl_memory_t from, pad;
  dnnl_primitive_desc_t operation;
  dnnl_primitive_t reorder;
  m->packed = aligned(dnnl_memory_desc_get_size(layout));
  if (!matrix(&plain, dnnl_f32, m->inputs, m->outputs, 1, m->inputs) ||
      dnnl_memory_create(&m->weights, layout, m->engine, m->packed) != dnnl_success ||
      dnnl_memory_create(&from, plain, m->engine, (void *)w) != dnnl_success ||
      dnnl_reorder_primitive_desc_create(&operation, plain, m->engine, layout, m->engine,
                                         attributes) != dnnl_success ||
      dnnl_primitive_create(&reorder, operation) != dnnl_success) {
    return 0;
  }
  const_dnnl_memory_desc_t pad_layout =
      dnnl_primitive_desc_query_md(operation, dnnl_query_scratchpad_md, 0);
  void *scratch = aligned(dnnl_memory_desc_get_size(pad_layout));
  int good = dnnl_memory_create(&pad, pad_layout, m->engine, scratch) == dnnl_success;
  dnnl_exec_arg_t list[] = {
      {DNNL_ARG_SRC, from}, {DNNL_ARG_DST, m->weights}, {DNNL_ARG_SCRATCHPAD, pad}};
  good = good && dnnl_primitive_execute(reorder, m->stream, 3, list) == dnnl_success &&
         dnnl_stream_wait(m->stream) == dnnl_success;
  dnnl_memory_destroy(pad);
  dnnl_memory_destroy(from);
  dnnl_primitive_destroy(reorder);
  dnnl_primitive_desc_destroy(operation);
  dnnl_memory_desc_destroy(plain);
  free(scratch);
  return good;
}

static int compile(packed_matmul *m, dnnl_primitive_attr_t attributes, int i, int bf16,
                   const_dnnl_memory_desc_t layout) {
  dnnl_memory_desc_t src, dst;
  dnnl_primitive_desc_t operation;
  if (!describe(m, attributes, (int64_t)2 << i, bf16, layout, &src, &dst, &operation) ||
      dnnl_primitive_create(&m->primitive[i], operation) != dnnl_success) {
    return 0;
  }
  const_dnnl_memory_desc_t pad =
      dnnl_primitive_desc_query_md(operation, dnnl_query_scratchpad_md, 0);
  int good = dnnl_memory_desc_get_size(pad) <= SCRATCHPAD_BYTES &&
             dnnl_memory_create(&m->src[i], src, m->engine, NULL) == dnnl_success &&
             dnnl_memory_create(&m->dst[i], dst, m->engine, NULL) == dnnl_success &&
             dnnl_memory_create(&m->pad[i], pad, m->engine, m->scratchpad) == dnnl_success;
  dnnl_exec_arg_t list[4] = {{DNNL_ARG_SRC, m->src[i]},
                             {DNNL_ARG_DST, m->dst[i]},
                             {DNNL_ARG_WEIGHTS, m->weights},
                             {DNNL_ARG_SCRATCHPAD, m->pad[i]}};
  memcpy(m->arguments[i], list, sizeof list);
  dnnl_primitive_desc_destroy(operation);
  dnnl_memory_desc_destroy(src);
  dnnl_memory_desc_destroy(dst);
  return good;
}

static int prepare(packed_matmul *m, const float *w, int bf16, int64_t rows) {
  dnnl_primitive_attr_t attributes;
  dnnl_memory_desc_t src, dst, any;
  dnnl_primitive_desc_t largest;
  dnnl_dims_t sizes = {m->inputs, m->outputs};
  if (dnnl_engine_create(&m->engine, dnnl_cpu, 0) != dnnl_success ||
      dnnl_stream_create(&m->stream, m->engine, dnnl_stream_default_flags) != dnnl_success ||
      dnnl_primitive_attr_create(&attributes) != dnnl_success ||
      dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user) !=
          dnnl_success ||
      dnnl_primitive_attr_set_fpmath_mode(attributes, dnnl_fpmath_mode_strict) != dnnl_success ||
      dnnl_memory_desc_create_with_tag(&any, 2, sizes, bf16 ? dnnl_bf16 : dnnl_f32,
                                       dnnl_format_tag_any) != dnnl_success ||
      !describe(m, attributes, rows, bf16, any, &src, &dst, &largest)) {
    return 0;
  }
  const_dnnl_memory_desc_t layout =
      dnnl_primitive_desc_query_md(largest, dnnl_query_weights_md, 0);
  int good = pack(m, attributes, w, layout);
  for (int i = 0; good && ((int64_t)2 << i) <= rows; i++) {
    good = i < MAX_SIZES && compile(m, attributes, i, bf16, layout);
    m->sizes = i + 1;
  }
  dnnl_primitive_desc_destroy(largest);
  dnnl_memory_desc_destroy(src);
  dnnl_memory_desc_destroy(dst);
  dnnl_memory_desc_destroy(any);
  dnnl_primitive_attr_destroy(attributes);
  return good;
}

packed_matmul *packed_matmul_new(const float *w, int64_t outputs, int64_t inputs, int bf16,
                                 int64_t rows) {
  packed_matmul *m = calloc(1, sizeof *m);
  if (m == NULL) {
    return NULL;
  }
  m->inputs = inputs;
  m->outputs = outputs;
  m->element = bf16 ? sizeof(uint16_t) : sizeof(float);
  m->scratchpad = aligned(SCRATCHPAD_BYTES); /* shared: primitives run one after another */
  m->pair_in = aligned(2 * (size_t)inputs * m->element);
  m->pair_out = aligned(2 * (size_t)outputs * sizeof(float));
  if (!prepare(m, w, bf16, rows)) {
    packed_matmul_free(m);
    return NULL;
  }
  return m;
}

static int execute(packed_matmul *m, int i, const void *x, float *y) {
  return dnnl_memory_set_data_handle(m->src[i], (void *)x) == dnnl_success &&
         dnnl_memory_set_data_handle(m->dst[i], y) == dnnl_success &&
         dnnl_primitive_execute(m->primitive[i], m->stream, 4, m->arguments[i]) == dnnl_success;
}

int packed_matmul_run(packed_matmul *m, const void *x, int64_t rows, float *y) {
  size_t x_row = (size_t)m->inputs * m->element;
  size_t y_row = (size_t)m->outputs;
  if (rows == 1) {
    /* A single row would use another kernel with other rounding, so it runs as the first of two. */
    memcpy(m->pair_in, x, x_row);
    int good = execute(m, 0, m->pair_in, m->pair_out);
    memcpy(y, m->pair_out, y_row * sizeof(float));
    return good;
  }
  int64_t done = 0;
  int i = m->sizes - 1;
  while (done < rows) {
    int64_t left = rows - done;
    if (left == 1) {
      done--;
      left = 2;
    }
    while (((int64_t)2 << i) > left) {
      i--;
    }
    if (!execute(m, i, (const char *)x + (size_t)done * x_row, y + (size_t)done * y_row)) {
      return 0;
    }
    done += (int64_t)2 << i;
  }
  return 1;
}

void packed_matmul_free(packed_matmul *m) {
  if (m == NULL) {
    return;
  }
  for (int i = 0; i < m->sizes; i++) {
    dnnl_memory_destroy(m->src[i]);
    dnnl_memory_destroy(m->dst[i]);
    dnnl_memory_destroy(m->pad[i]);
    dnnl_primitive_destroy(m->primitive[i]);
  }
  dnnl_memory_destroy(m->weights);
  dnnl_stream_destroy(m->stream);
  dnnl_engine_destroy(m->engine);
  free(m->packed);
  free(m->scratchpad);
  free(m->pair_in);
  free(m->pair_out);
  free(m);
}
