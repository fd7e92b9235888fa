#include "notes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_MISUSES 20

static const char *const kinds[KINDS] = {"device", "host",    "streams",    "events",
                                         "graphs", "handles", "descriptors"};

int64_t fake_live[KINDS];
static int64_t kernel_count;
static int64_t misuse_count;
static char misuses[MAX_MISUSES][200];

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

static int64_t all_alive(void) {
  int64_t sum = 0;
  for (int kind = 0; kind < KINDS; kind++) {
    sum += fake_live[kind];
  }
  return sum;
}

bool fake_note(const char *name, int64_t *value) {
  for (int kind = 0; kind < KINDS; kind++) {
    if (strncmp(name, "live.", 5) == 0 && strcmp(kinds[kind], name + 5) == 0) {
      *value = fake_live[kind];
      return true;
    }
  }
  *value = strcmp(name, "live") == 0      ? all_alive()
           : strcmp(name, "kernels") == 0 ? kernel_count
           : strcmp(name, "misuses") == 0 ? misuse_count
                                          : -1;
  return *value >= 0;
}

void fake_write_notes(char *text, size_t bytes) {
  size_t used = 0;
  for (int kind = 0; kind < KINDS; kind++) {
    if (fake_live[kind] != 0) {
      used += (size_t)snprintf(text + used, bytes - used, "alive: %lld %s\n",
                               (long long)fake_live[kind], kinds[kind]);
    }
  }
  if (used == 0) {
    used = (size_t)snprintf(text, bytes, "nothing is alive\n");
  }
  for (int i = 0; i < misuse_count && i < MAX_MISUSES; i++) {
    used += (size_t)snprintf(text + used, bytes - used, "misuse: %s\n", misuses[i]);
  }
  if (misuse_count > MAX_MISUSES) {
    snprintf(text + used, bytes - used, "and %lld more\n",
             (long long)(misuse_count - MAX_MISUSES));
  }
}

void fake_forget_notes(void) { kernel_count = misuse_count = 0; }
