# shellcheck shell=bash disable=SC2154 # the script that sources this file sources jdk.sh before
# Runs one test class of the core. A script that sources this file has a function fail TEXT, which
# ends the script.

# core_test CLASS OPTION...: builds what is needed and runs it on the processor, with these options
# of Maven.
core_test() {
  local class=$1
  shift
  find_jdk
  command -v mvn > /dev/null || fail 'mvn is not on the PATH; Maven is needed to build attnpool'
  cd "$(dirname "${BASH_SOURCE[0]}")/../.."
  JAVA_HOME=$jdk mvn -B -ntp -pl src/core -am test-compile surefire:test@default-test \
    -Dexec.skip -Dtest="$class" -Dsurefire.failIfNoSpecifiedTests=false "$@" < /dev/null
}
