#define _GNU_SOURCE /* recursive mutexes */
#include "call.h"

#include "context.h"
#include "failures.h"
#include "settings.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local int32_t last_error;

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
    char function[48];
    long long nth;
    int status;
    if (strcmp(pair, "fail") == 0 &&
        sscanf(value, "%47[^:]:%lld:%d", function, &nth, &status) == 3) {
      fake_plan_failure(function, nth, status);
    }
    int64_t *setting = fake_setting(pair);
    if (setting != NULL) {
      *setting = strtoll(value, NULL, 0);
    }
  }
}

void fake_restore_choices(void) {
  fake_forget_calls();
  fake_restore_settings();
  read_environment();
}

static void start(void) {
  pthread_mutexattr_t recursive;
  pthread_mutexattr_init(&recursive);
  pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&lock, &recursive);
  fake_restore_choices();
}

void fake_lock(void) {
  pthread_once(&once, start);
  pthread_mutex_lock(&lock);
}

int32_t fake_enter(const char *function) {
  fake_lock();
  fake_prepare_context(function);
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
