/* The functions of attnpool_fake.h. Nothing else of the fake calls them. */
#include "attnpool_fake.h"

#include "call.h"
#include "context.h"
#include "failures.h"
#include "memory.h"
#include "notes.h"
#include "settings.h"
#include "stream.h"

#include <string.h>

int32_t attnpool_fake_set(const char *name, int64_t value) {
  fake_lock();
  int64_t *setting = fake_setting(name);
  if (setting != NULL) {
    *setting = value;
  }
  return fake_leave(setting != NULL);
}

static int64_t value_of(const char *name) {
  const int64_t *setting = fake_setting(name);
  if (setting != NULL) {
    return *setting;
  }
  if (strncmp(name, "calls.", 6) == 0) {
    return fake_calls(name + 6);
  }
  if (strncmp(name, "contexts.", 9) == 0) {
    return fake_contexts(name + 9);
  }
  int64_t note;
  return strcmp(name, "live.bytes") == 0   ? fake_device_bytes(-1)
         : strcmp(name, "peak.bytes") == 0 ? fake_peak_bytes(false)
         : strcmp(name, "pending") == 0    ? fake_pending()
         : fake_note(name, &note)          ? note
                                           : -1;
}

int64_t attnpool_fake_get(const char *name) {
  fake_lock();
  int64_t value = value_of(name);
  fake_leave(0);
  return value;
}

void attnpool_fake_fail(const char *function, int64_t nth, int32_t status) {
  fake_lock();
  fake_plan_failure(function, nth, status);
  fake_leave(0);
}

const char *attnpool_fake_report(void) {
  static _Thread_local char text[8192];
  fake_lock();
  fake_check_surroundings("a look at the report");
  fake_write_notes(text, sizeof text);
  fake_leave(0);
  return text;
}

void *attnpool_fake_foreign_context(int32_t device) {
  fake_enter("attnpool_fake_foreign_context");
  if (fake_has_device(device)) {
    fake_make_current(fake_new_context(device));
  }
  CUcontext current = fake_current_context();
  fake_leave(0);
  return current;
}

void attnpool_fake_reset(void) {
  fake_lock();
  fake_forget_notes();
  fake_restore_choices();
  fake_peak_bytes(true);
  fake_forget_failure();
  fake_leave(0);
}
