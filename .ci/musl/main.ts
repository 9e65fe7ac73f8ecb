// The tests in Bun's build for musl, which stands in for the other one; programs that they start in Deno stay with
// glibc, so both C libraries share counters, locks and memory. In a view of /usr/lib that nobody else sees: root needed.

import { BUN, DENO, type Step } from "../steps.ts";
import { closing, tally } from "../suites.ts";
import { installMusl } from "./install.ts";

const SUITES = ["tests/ffi", "tests/process", "tests/counter", "tests/child", "tests/sync"];

// $1 Bun's path, $2 musl's loader, $3 libstdc++, $4 Bun for musl; then the command.
const VIEW = `set -e
view=$(mktemp -d)
mount -t tmpfs tmpfs "$view"
mkdir "$view/upper" "$view/work"
mount -t overlay overlay -o "lowerdir=/usr/lib,upperdir=$view/upper,workdir=$view/work" /usr/lib
umount -l "$view"
rmdir "$view"
cp "$2" /usr/lib/ld-musl-x86_64.so.1
ln -s ld-musl-x86_64.so.1 /usr/lib/libc.musl-x86_64.so.1
cp "$3" /usr/lib/libstdc++.so.6
mount --bind "$4" "$1"
shift 4
exec "$@"`;

const { bun, loader, libstdcxx } = await installMusl();
const folders = Deno.args.length > 0 ? Deno.args : SUITES;
const place = [await Deno.realPath(BUN), loader, libstdcxx, bun];

function command(report: string): Step["command"] {
  const test = [BUN, "test", "--reporter=junit", `--reporter-outfile=${report}`, ...folders];
  return ["unshare", "--mount", "sh", "-c", VIEW, "sh", ...place, "env", `DENO=${DENO}`, ...test];
}

const result = await tally({ title: "bun test (musl)", command }, true);
console.log(closing([result]));
Deno.exit(result.failed > 0 ? 1 : 0);
