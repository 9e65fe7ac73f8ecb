#!/bin/sh
# ps(1) of macOS, by Linux's: what the guardian's shell asks for. `-E` shows the environment, but not of Apple's own
# programs, which are those in /usr/bin here.
case $* in
  "-A -E "*)
    for process in /proc/[0-9]*; do
      case $(readlink "$process/exe") in
        '' | /usr/bin/*) ;;
        *) echo "${process#/proc/} $(tr '\0' ' ' <"$process/cmdline") $(tr '\0' ' ' <"$process/environ")" ;;
      esac
    done
    ;;
  *) exec /usr/lib/ps "$@" ;;
esac
