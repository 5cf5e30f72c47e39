#!/bin/sh
# Starts $TEST_CHROMIUM with niceness $TEST_NICE, in network namespace $TEST_NAMESPACE if that is set.

# Nobody types into the address bar: its popups are pages of their own, four times the work of an empty page's own. The
# last --disable-features is the one that counts, so they are added to what is there.
popups=WebUIOmniboxPopup,WebUIOmniboxAimPopup
for each; do
  shift
  case $each in --disable-features=*) each=$each,$popups ;; esac
  set -- "$@" "$each"
done

# Where Linux shares the processors out by session (sched(7), autogroup), the session is what has to be nice.
echo "$TEST_NICE" 2>/dev/null >/proc/self/autogroup || true
if [ -n "${TEST_NAMESPACE:-}" ]; then
  exec nice -n "$TEST_NICE" ip netns exec "$TEST_NAMESPACE" "$TEST_CHROMIUM" "$@"
fi
exec nice -n "$TEST_NICE" "$TEST_CHROMIUM" "$@"
