import { assert, assertEquals } from "@std/assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { locate, takenByVersion1 } from "../../src/group/linux/locate.ts";
import { temporaryDirectory, test } from "../harness/mod.ts";

const PID = 4711;

/** A cgroup directory that lists some pids. */
function cgroup(path: string, ...pids: number[]): string {
  mkdirSync(path, { recursive: true });
  writeFileSync(`${path}/cgroup.procs`, pids.map((pid) => `${pid}\n`).join(""));
  return path;
}

test("a pure version 2 mount: our path below it", () => {
  using directory = temporaryDirectory();
  const own = cgroup(`${directory.path}/user.slice/session.scope`, 1, PID);
  const mounts = `cgroup2 ${directory.path} cgroup2 rw,nsdelegate 0 0\n`;
  const found = locate({ mounts, membership: "0::/user.slice/session.scope\n", pid: PID });
  assertEquals(found, { directory: own, mount: directory.path });
});

test("a hybrid mount: version 2 beside version 1, at a place with a space in it", () => {
  using directory = temporaryDirectory();
  const mount = `${directory.path}/uni fied`;
  cgroup(mount, PID);
  const mounts = [
    `tmpfs ${directory.path} tmpfs ro 0 0`,
    `cgroup ${directory.path}/memory cgroup rw,memory 0 0`,
    `cgroup2 ${directory.path}/uni\\040fied cgroup2 rw 0 0`,
  ].join("\n");
  const membership = "5:memory:/elsewhere\n1:name=systemd:/init.scope\n0::/\n";
  assertEquals(locate({ mounts, membership, pid: PID }), { directory: mount, mount });
  assertEquals(takenByVersion1(mounts, ["memory", "pids"]), ["memory"]);
});

test("a container that shares the host's namespace: its own cgroup is what is mounted", () => {
  using directory = temporaryDirectory();
  cgroup(directory.path, PID);
  const mounts = `cgroup ${directory.path} cgroup2 rw 0 0\n`;
  const found = locate({ mounts, membership: "0::/docker/0123abcd\n", pid: PID });
  assertEquals(found, { directory: directory.path, mount: directory.path });
});

test("of several mounts, the one that lists us", () => {
  using directory = temporaryDirectory();
  cgroup(`${directory.path}/other/a`, 1);
  const own = cgroup(`${directory.path}/ours/a`, PID);
  const mounts = ["other", "ours"].map((name) =>
    `cgroup2 ${directory.path}/${name} cgroup2 rw 0 0\n`
  ).join("");
  const found = locate({ mounts, membership: "0::/a\n", pid: PID });
  assertEquals(found, { directory: own, mount: `${directory.path}/ours` });
});

test("where there is none, the reason", () => {
  using directory = temporaryDirectory();
  cgroup(directory.path, 1);
  const mounts = `cgroup2 ${directory.path} cgroup2 rw 0 0\n`;
  const reason = (mounts: string, membership: string) => {
    const found = locate({ mounts, membership, pid: PID });
    assert(typeof found === "string");
    return found;
  };
  assert(
    reason("proc /proc proc rw 0 0\n", "0::/\n").includes("no cgroup v2 hierarchy is mounted"),
  );
  assert(reason(mounts, "1:name=systemd:/\n").includes("in no cgroup of version 2"));
  assert(reason(mounts, "0::/../sibling\n").includes("outside of its namespace"));
  assert(reason(mounts, "0::/gone (deleted)\n").includes("no directory for this process's cgroup"));
});
