#!/bin/sh
# Starts $TEST_CHROMIUM at a lower priority, in network namespace $TEST_NAMESPACE if that is set.
if [ -n "${TEST_NAMESPACE:-}" ]; then
  exec nice -n 10 ip netns exec "$TEST_NAMESPACE" "$TEST_CHROMIUM" "$@"
fi
exec nice -n 10 "$TEST_CHROMIUM" "$@"
