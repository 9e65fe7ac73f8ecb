#!/bin/sh
# A shell with a systemd of its own, in namespaces of its own: systemd_session.sh UNIT. Commands come from standard
# input; when they end, everything ends.
set -eu
unit=$1 inside=${2:-}
if [ -z "$inside" ]; then
  root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
  own=$root/test-systemd-$$
  mkdir "$own"
  trap 'find "$own" -depth -type d -exec rmdir {} +' EXIT
  (
    sh -c 'echo $PPID' >"$own/cgroup.procs"
    exec unshare --mount --pid --cgroup --fork --mount-proc --kill-child sh "$0" "$unit" inside
  )
  exit
fi
umount -l /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system /run/home/systemd/user # systemd's user manager wants a system that systemd has booted
mkdir -m 700 /run/user
cp "$unit" /run/home/systemd/user/hello.service
export XDG_RUNTIME_DIR=/run/user XDG_CONFIG_HOME=/run/home
/usr/lib/systemd/systemd --user --log-target=null >/dev/null 2>&1 </dev/null &
until systemctl --user is-system-running >/dev/null 2>&1; do sleep 0.1; done
echo ready
sh
