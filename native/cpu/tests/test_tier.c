/* Checks which tier is chosen. CTest runs this with many values of ATTNPOOL_MAX_TIER. */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

int main(void) {
  const char *cap = getenv("ATTNPOOL_MAX_TIER");
  const char *detected = expected_detected_tier();
  bool lowers = cap != NULL && tier_rank(cap) >= 0 && tier_rank(cap) < tier_rank(detected);
  const char *used = lowers ? cap : detected;
  bool good = strcmp(attnpool_detected_tier(), detected) == 0 && strcmp(attnpool_tier(), used) == 0;
  CHECK(good, "cap %s: detected %s, expected %s; in use expected %s", cap != NULL ? cap : "unset",
        attnpool_detected_tier(), detected, used);
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
