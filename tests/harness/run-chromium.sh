#!/bin/sh
# Starts $TEST_CHROMIUM with niceness $TEST_NICE, in network namespace $TEST_NAMESPACE if that is set.
# Where Linux shares the processors out by session (sched(7), autogroup), the session is what has to be nice.
echo "$TEST_NICE" 2>/dev/null >/proc/self/autogroup || true
if [ -n "${TEST_NAMESPACE:-}" ]; then
  exec nice -n "$TEST_NICE" ip netns exec "$TEST_NAMESPACE" "$TEST_CHROMIUM" "$@"
fi
exec nice -n "$TEST_NICE" "$TEST_CHROMIUM" "$@"
