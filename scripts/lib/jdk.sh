# shellcheck shell=bash disable=SC2034 # the script that sources this file uses its variables
# Finds a JDK. A script that sources this file has a function fail TEXT, which ends the script.

jdk_version=25

# is_jdk HOME: tells whether it is a JDK of the version needed; if so, sets jdk and jdk_build. Reads
# the release file, because starting java takes too long.
is_jdk() {
  local line version=
  jdk_build=
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r line; do
    line=${line//\"/}
    case $line in
      JAVA_VERSION=*) version=${line#*=} ;;
      JAVA_RUNTIME_VERSION=*) jdk_build=${line#*=} ;;
    esac
  done < "$1/release"
  case $version in
    "$jdk_version" | "$jdk_version"[.+-]*) jdk=$1 ;;
    *) return 1 ;;
  esac
}

# Sets jdk and jdk_build: the JDK that ATTNPOOL_JAVA_HOME names, otherwise one from JAVA_HOME, the
# PATH or the usual folders.
find_jdk() {
  local home on_path java
  if [ -n "${ATTNPOOL_JAVA_HOME:-}" ]; then
    is_jdk "$ATTNPOOL_JAVA_HOME" ||
      fail "ATTNPOOL_JAVA_HOME is $ATTNPOOL_JAVA_HOME, which is not a JDK $jdk_version"
    return
  fi
  java=$(command -v java) && java=$(readlink -f "$java") || java=
  on_path=${java%/bin/java}
  for home in "${JAVA_HOME:-}" "$on_path" \
    /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* "${HOME:-}"/.m2/jdks/* \
    "${HOME:-}"/.asdf/installs/java/* "${HOME:-}"/.local/share/mise/installs/java/* \
    {"${HOME:-}",}/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if [ -n "$home" ] && is_jdk "$home"; then
      return
    fi
  done
  fail "found no JDK $jdk_version; install one, or set ATTNPOOL_JAVA_HOME to it"
}
