// A directory tree laid out like a cgroup v2 hierarchy that systemd has delegated to a user, and the kernel's rules
// about writing to it, from its documentation (admin-guide/cgroup-v2): what these machines, whose controllers belong
// to version 1, cannot show.

import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { ERRNO } from "../../ffi/errno.ts";
import type { CgroupFiles } from "../../src/group/linux/files.ts";

const FILES: Record<string, readonly [file: string, text: string][]> = {
  memory: [["memory.max", "max\n"], ["memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n"]],
  pids: [["pids.max", "max\n"], ["pids.events", "max 0\n"]],
  cpu: [["cpu.max", "max 100000\n"]],
};

/** Makes one cgroup of the tree with the files that the kernel would give it. */
export function layOut(
  path: string,
  controllers: readonly string[],
  options: { root?: boolean; enabled?: readonly string[]; pids?: readonly number[] } = {},
): void {
  const { root = false, enabled = [], pids = [] } = options;
  mkdirSync(path, { recursive: true });
  const put = (file: string, text: string) => writeFileSync(`${path}/${file}`, text);
  put("cgroup.procs", pids.map((pid) => `${pid}\n`).join(""));
  put("cgroup.controllers", `${controllers.join(" ")}\n`);
  put("cgroup.subtree_control", `${enabled.join(" ")}\n`);
  if (root) return;
  put("cgroup.type", "domain\n");
  put("cgroup.kill", "");
  put("cpu.stat", "usage_usec 0\nnr_throttled 0\n");
  for (const name of controllers) {
    for (const [file, text] of FILES[name] ?? []) put(file, text);
  }
}

/** The files of such a tree, writable except below or at `locked`. */
export function delegatedFiles(locked: readonly string[] = []): CgroupFiles {
  const read = (path: string): string | undefined => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  };
  const words = (path: string) => (read(path) ?? "").split(/\s+/).filter((word) => word !== "");
  const isLocked = (path: string) => {
    const parent = path.slice(0, path.lastIndexOf("/"));
    return locked.includes(path) || (locked.includes(parent) && !isDirectory(path));
  };

  return {
    read,
    writable: (path) => !isLocked(path) && (read(path) !== undefined || isDirectory(path)),
    directories: (path) => readdirSync(path).map((name) => `${path}/${name}`).filter(isDirectory),

    write(path, text) {
      if (read(path) === undefined) return ERRNO.ENOENT;
      if (isLocked(path)) return ERRNO.EACCES;
      const directory = path.slice(0, path.lastIndexOf("/"));
      if (!path.endsWith("/cgroup.subtree_control")) {
        writeFileSync(path, `${text}\n`);
        return 0;
      }
      const root = read(`${directory}/cgroup.type`) === undefined;
      if (!root && words(`${directory}/cgroup.procs`).length > 0) return ERRNO.EBUSY;
      const asked = text.split(" ").map((word) => word.slice(1));
      if (!asked.every((name) => words(`${directory}/cgroup.controllers`).includes(name))) {
        return ERRNO.ENOENT;
      }
      const enabled = [...new Set([...words(path), ...asked])];
      writeFileSync(path, `${enabled.join(" ")}\n`);
      return 0;
    },

    make(path) {
      const parent = path.slice(0, path.lastIndexOf("/"));
      if (isLocked(parent)) return ERRNO.EACCES;
      layOut(path, words(`${parent}/cgroup.subtree_control`));
      return 0;
    },

    remove(path) {
      rmSync(path, { recursive: true });
      return 0;
    },
  };
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
