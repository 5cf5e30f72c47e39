#!/bin/sh
# Starts $TEST_CHROMIUM with niceness $TEST_NICE, in network namespace $TEST_NAMESPACE if that is set.
if [ -n "${TEST_NAMESPACE:-}" ]; then
  exec nice -n "$TEST_NICE" ip netns exec "$TEST_NAMESPACE" "$TEST_CHROMIUM" "$@"
fi
exec nice -n "$TEST_NICE" "$TEST_CHROMIUM" "$@"
