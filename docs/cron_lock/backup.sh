#!/bin/sh
# Packs a folder. Cron starts it every hour and people start it by hand; two never run at the same time.
#
#   backup.sh /home/ada /backup/ada.tar
set -eu
from=${1:?which folder} to=${2:?which archive}

# `lock`: alone. `run`: should procref be killed, so is all that the command has started.
exec procref lock "backup $to" --timeout 0 -- procref run -- \
  sh -c 'tar --create --file "$2.new" --directory "$1" . && mv "$2.new" "$2"' backup "$from" "$to"
