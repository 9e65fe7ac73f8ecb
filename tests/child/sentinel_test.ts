import { assert, assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { release } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { temporaryDirectory, test } from "../harness/mod.ts";

const CHILDREN = 10_000;
const PID_MAX = 400;

/** pid_max belongs to the pid namespace from Linux 6.14 on; before, setting it would change the whole host. */
function namespaced(): boolean {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  return major > 6 || (major === 6 && minor >= 14);
}

function reasonToRefuse(): string | undefined {
  if (!namespaced()) {
    return `pid_max is the host's on Linux ${release()} (the namespace's from 6.14 on)`;
  }
  if (process.getuid?.() !== 0) return "making a pid namespace needs root";
  return undefined;
}

const refusal = reasonToRefuse();

test(
  refusal === undefined
    ? `${CHILDREN} short children with kill racing exit: no foreign process is ever signalled`
    : `the sentinel test is refused here: ${refusal}`,
  async () => {
    if (refusal !== undefined) return;
    const before = readFileSync("/proc/sys/kernel/pid_max", "utf8");
    using directory = temporaryDirectory();
    const script = fileURLToPath(new URL("./scripts/sentinel.ts", import.meta.url));
    const runtime = "Bun" in globalThis
      ? [process.execPath, "run"]
      : [process.execPath, "run", "-A", "--quiet"];
    const command = [
      ...runtime,
      script,
      String(CHILDREN),
      String(PID_MAX),
      `${directory.path}/hits`,
    ];
    const small = `echo ${PID_MAX} >/proc/sys/kernel/pid_max && exec "$@"`;
    const child = spawn(
      "unshare",
      [
        "--pid",
        "--fork",
        "--mount-proc",
        "--kill-child",
        "sh",
        "-c",
        small,
        "sentinel",
        ...command,
      ],
      { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, NO_COLOR: "1" } },
    );
    let text = "";
    child.stdout.on("data", (chunk) => text += chunk);
    const [code] = await once(child, "close");
    assertEquals(code, 0);
    assertEquals(readFileSync("/proc/sys/kernel/pid_max", "utf8"), before);
    const { started, killed, reused, hit } = JSON.parse(text);
    assertEquals(started, CHILDREN);
    // Both sides of the race were seen, and pids did change hands.
    assert(killed > 0 && killed < CHILDREN, `${killed} of ${CHILDREN} were killed`);
    assert(reused > CHILDREN / 2, `only ${reused} pids were used again`);
    assertEquals(hit, "", "a stranger was hit");
  },
);
