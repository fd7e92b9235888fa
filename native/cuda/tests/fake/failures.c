#include "failures.h"

#include "notes.h"

#include <string.h>

#define MAX_FUNCTIONS 128
#define NAME_BYTES 48

/* A function that was called, or is to fail. */
static struct {
  char name[NAME_BYTES];
  int64_t calls;
  int64_t turns; /* until it fails; 0 for never */
  int32_t status;
} functions[MAX_FUNCTIONS];
static int function_count;

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

int32_t fake_turn(const char *function) {
  int i = find_function(function, true);
  if (i < 0) {
    fake_misuse("the fake has no room to count %s", function);
    return 0;
  }
  functions[i].calls++;
  if (functions[i].turns == 0 || --functions[i].turns > 0) {
    return 0;
  }
  return functions[i].status;
}

void fake_plan_failure(const char *function, int64_t nth, int32_t status) {
  int i = find_function(function, true);
  if (i >= 0) {
    functions[i].turns = nth;
    functions[i].status = status;
  }
}

int64_t fake_calls(const char *function) {
  int i = find_function(function, false);
  return i < 0 ? 0 : functions[i].calls;
}

void fake_forget_calls(void) {
  memset(functions, 0, sizeof functions);
  function_count = 0;
}
