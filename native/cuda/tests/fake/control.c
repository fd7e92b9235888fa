#define _GNU_SOURCE /* recursive mutexes */
#include "fake.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FUNCTIONS 128
#define MAX_MISUSES 20
#define NAME_BYTES 48

static const struct fake_settings at_first = {
    .devices = 1,
    .memory = 268435456,
    .l2 = 1048576,
    .processors = 4,
    .compute = 90,
    .runtime = 13000,
    .driver = 13000,
    .kernels_runtime = 13000,
    .blas_algorithms = 16,
    .blas_workspace = 4096,
};
struct fake_settings fake_settings;
int64_t fake_live[KINDS];

static const struct {
  const char *name;
  size_t offset;
} settings[] = {
    {"devices", offsetof(struct fake_settings, devices)},
    {"memory", offsetof(struct fake_settings, memory)},
    {"l2", offsetof(struct fake_settings, l2)},
    {"processors", offsetof(struct fake_settings, processors)},
    {"compute", offsetof(struct fake_settings, compute)},
    {"runtime", offsetof(struct fake_settings, runtime)},
    {"driver", offsetof(struct fake_settings, driver)},
    {"kernels.runtime", offsetof(struct fake_settings, kernels_runtime)},
    {"eager", offsetof(struct fake_settings, eager)},
    {"blas.algorithms", offsetof(struct fake_settings, blas_algorithms)},
    {"blas.workspace", offsetof(struct fake_settings, blas_workspace)},
    {"blas.refuses", offsetof(struct fake_settings, blas_refuses)},
    {"blas.slices", offsetof(struct fake_settings, blas_slices)},
    {"blas.splits", offsetof(struct fake_settings, blas_splits)},
    {"tf32.truncates", offsetof(struct fake_settings, tf32_truncates)},
};

static const char *const kinds[KINDS] = {"device", "host",    "streams",    "events",
                                         "graphs", "handles", "descriptors"};

/* A function that was called, or is to fail. */
static struct {
  char name[NAME_BYTES];
  int64_t calls;
  int64_t turns; /* until it fails; 0 for never */
  int32_t status;
} functions[MAX_FUNCTIONS];
static int function_count;

static int64_t kernel_count;
static int64_t misuse_count;
static char misuses[MAX_MISUSES][200];

static pthread_mutex_t lock;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local int32_t last_error;

static void read_environment(void);

static void start(void) {
  pthread_mutexattr_t recursive;
  pthread_mutexattr_init(&recursive);
  pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&lock, &recursive);
  fake_settings = at_first;
  read_environment();
}

static void take_lock(void) {
  pthread_once(&once, start);
  pthread_mutex_lock(&lock);
}

static int find_function(const char *name, bool add) {
  for (int i = 0; i < function_count; i++) {
    if (strcmp(functions[i].name, name) == 0) {
      return i;
    }
  }
  if (!add || function_count == MAX_FUNCTIONS || strlen(name) >= NAME_BYTES) {
    return -1;
  }
  strcpy(functions[function_count].name, name);
  return function_count++;
}

int32_t fake_turn(const char *name) {
  int i = find_function(name, true);
  if (i < 0) {
    fake_misuse("the fake has no room to count %s", name);
    return 0;
  }
  functions[i].calls++;
  if (functions[i].turns == 0 || --functions[i].turns > 0) {
    return 0;
  }
  return functions[i].status;
}

int32_t fake_enter(const char *function) {
  take_lock();
  fake_note_call(function);
  return fake_turn(function);
}

int32_t fake_leave(int32_t status) {
  pthread_mutex_unlock(&lock);
  return status;
}

cudaError_t fake_leave_runtime(int32_t status) {
  if (status != 0) {
    last_error = status;
  }
  return (cudaError_t)fake_leave(status);
}

cudaError_t fake_last_error(bool forget) {
  cudaError_t error = (cudaError_t)last_error;
  if (forget) {
    last_error = 0;
  }
  return error;
}

void fake_misuse(const char *format, ...) {
  if (misuse_count < MAX_MISUSES) {
    va_list values;
    va_start(values, format);
    vsnprintf(misuses[misuse_count], sizeof misuses[0], format, values);
    va_end(values);
  }
  misuse_count++;
}

void fake_count_kernel(void) { kernel_count++; }

int32_t attnpool_fake_set(const char *name, int64_t value) {
  take_lock();
  int32_t found = 0;
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
    if (strcmp(settings[i].name, name) == 0) {
      *(int64_t *)((char *)&fake_settings + settings[i].offset) = value;
      found = 1;
    }
  }
  return fake_leave(found);
}

static int64_t all_alive(void) {
  int64_t sum = 0;
  for (int kind = 0; kind < KINDS; kind++) {
    sum += fake_live[kind];
  }
  return sum;
}

static int64_t value_of(const char *name) {
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
    if (strcmp(settings[i].name, name) == 0) {
      return *(int64_t *)((char *)&fake_settings + settings[i].offset);
    }
  }
  for (int kind = 0; kind < KINDS; kind++) {
    if (strncmp(name, "live.", 5) == 0 && strcmp(kinds[kind], name + 5) == 0) {
      return fake_live[kind];
    }
  }
  if (strncmp(name, "calls.", 6) == 0) {
    int i = find_function(name + 6, false);
    return i < 0 ? 0 : functions[i].calls;
  }
  if (strncmp(name, "contexts.", 9) == 0) {
    return fake_contexts(name + 9);
  }
  return strcmp(name, "live") == 0         ? all_alive()
         : strcmp(name, "live.bytes") == 0 ? fake_device_bytes(-1)
         : strcmp(name, "peak.bytes") == 0 ? fake_peak_bytes(false)
         : strcmp(name, "kernels") == 0    ? kernel_count
         : strcmp(name, "pending") == 0    ? fake_pending()
         : strcmp(name, "misuses") == 0    ? misuse_count
                                           : -1;
}

int64_t attnpool_fake_get(const char *name) {
  take_lock();
  int64_t value = value_of(name);
  fake_leave(0);
  return value;
}

static void ask_failure(const char *function, int64_t nth, int32_t status) {
  int i = find_function(function, true);
  if (i >= 0) {
    functions[i].turns = nth;
    functions[i].status = status;
  }
}

void attnpool_fake_fail(const char *function, int64_t nth, int32_t status) {
  take_lock();
  ask_failure(function, nth, status);
  fake_leave(0);
}

const char *attnpool_fake_report(void) {
  static _Thread_local char text[8192];
  take_lock();
  fake_check_surroundings("a look at the report");
  size_t used = 0;
  for (int kind = 0; kind < KINDS; kind++) {
    if (fake_live[kind] != 0) {
      used += (size_t)snprintf(text + used, sizeof text - used, "alive: %lld %s\n",
                               (long long)fake_live[kind], kinds[kind]);
    }
  }
  if (used == 0) {
    used = (size_t)snprintf(text, sizeof text, "nothing is alive\n");
  }
  for (int i = 0; i < misuse_count && i < MAX_MISUSES; i++) {
    used += (size_t)snprintf(text + used, sizeof text - used, "misuse: %s\n", misuses[i]);
  }
  if (misuse_count > MAX_MISUSES) {
    snprintf(text + used, sizeof text - used, "and %lld more\n",
             (long long)(misuse_count - MAX_MISUSES));
  }
  fake_leave(0);
  return text;
}

void attnpool_fake_reset(void) {
  take_lock();
  memset(functions, 0, sizeof functions);
  function_count = 0;
  kernel_count = misuse_count = 0;
  fake_settings = at_first;
  fake_peak_bytes(true);
  fake_forget_failure();
  read_environment();
  fake_leave(0);
}

/* name=value,...,fail=FUNCTION:NTH:STATUS */
static void read_environment(void) {
  const char *given = getenv("ATTNPOOL_FAKE");
  char copy[1024];
  if (given == NULL || strlen(given) >= sizeof copy) {
    return;
  }
  strcpy(copy, given);
  char *rest = copy;
  for (char *pair = strtok_r(copy, ",", &rest); pair != NULL; pair = strtok_r(NULL, ",", &rest)) {
    char *value = strchr(pair, '=');
    if (value == NULL) {
      continue;
    }
    *value++ = '\0';
    char function[NAME_BYTES];
    long long nth;
    int status;
    if (strcmp(pair, "fail") == 0 && sscanf(value, "%47[^:]:%lld:%d", function, &nth, &status) == 3) {
      ask_failure(function, nth, status);
    }
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
      if (strcmp(settings[i].name, pair) == 0) {
        *(int64_t *)((char *)&fake_settings + settings[i].offset) = strtoll(value, NULL, 0);
      }
    }
  }
}
