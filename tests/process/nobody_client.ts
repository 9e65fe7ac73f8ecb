// Gives up root's rights, then does one thing to another user's process and prints what came of it.
// With `hidden` first, it cannot even see other users' processes in /proc (hidepid, proc(5)).

import process from "node:process";
import { cstring } from "../../ffi/libc.ts";
import { LIBC_FILES, native } from "../../ffi/mod.ts";
import {
  identify,
  isAlive,
  kill,
  ProcrefError,
  stop,
  SystemError,
  waitForExit,
} from "../../src/process/mod.ts";

const NOBODY = 65534;
const CLONE_NEWNS = 0x20000;
const PRIVATE = 0x44000; // MS_REC | MS_PRIVATE: what is mounted below stays unseen outside

const libc = native.open(LIBC_FILES, {
  setuid: { args: ["u32"], returns: "i32" }, // int setuid(uid_t)
  setgid: { args: ["u32"], returns: "i32" }, // int setgid(gid_t)
  setgroups: { args: ["u32", "buffer"], returns: "i32" }, // int setgroups(size_t, const gid_t *)
});
const linux = () =>
  native.open(LIBC_FILES, {
    unshare: { args: ["i32"], returns: "i32" }, // int unshare(int)
    mount: { args: ["buffer", "buffer", "buffer", "u32", "buffer"], returns: "i32" }, // int mount(const char *, const char *, const char *, unsigned long, const void *)
  });

const [order = "", target = "", hidden] = process.argv.slice(2);
const pid = Number(target);

const orders: Record<string, () => unknown> = {
  isAlive: () => isAlive(pid),
  identify: () => identify(pid),
  kill: () => kill(pid),
  stop: () => stop(pid),
  waitForExit: () => waitForExit(pid, { timeout: 5 }),
};

function mustWork(result: number): void {
  if (result !== 0) throw new Error("This test needs root");
}

if (hidden !== undefined) {
  const proc = cstring("proc");
  const { mount, unshare } = linux();
  mustWork(unshare(CLONE_NEWNS));
  mustWork(mount(null, cstring("/"), null, PRIVATE, null));
  mustWork(mount(proc, cstring("/proc"), proc, 0, cstring("hidepid=2")));
}
mustWork(libc.setgroups(0, null));
mustWork(libc.setgid(NOBODY));
mustWork(libc.setuid(NOBODY));
try {
  console.log(JSON.stringify(await orders[order]?.()));
} catch (error) {
  if (error instanceof SystemError) {
    console.log(error.name, error.code, error.errno, error.syscall);
  } else {
    console.log(error instanceof ProcrefError ? error.name : `${error}`);
  }
}
