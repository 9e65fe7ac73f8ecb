import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { OWN, temporaryDirectory, test } from "../harness/mod.ts";
import { install } from "./procref.ts";

const SCRIPT = fileURLToPath(new URL("../../docs/cron_lock/backup.sh", import.meta.url));
const FOLDER = fileURLToPath(new URL("../../docs/", import.meta.url));

for (const runtime of OWN) {
  test(`docs/cron_lock: backup.sh packs a folder, procref in ${runtime}`, () => {
    using directory = temporaryDirectory();
    const archive = `${directory.path}/archive.tar`;
    const env = install(runtime, directory.path);
    const unlink = () => spawnSync("procref", ["lock", `backup ${archive}`, "--unlink"], { env });
    const { status, stderr } = spawnSync(SCRIPT, [FOLDER, archive], { env, encoding: "utf8" });
    assertEquals([status, stderr], [0, ""]);
    const { stdout } = spawnSync("tar", ["--list", "--file", archive], { encoding: "utf8" });
    assertStringIncludes(stdout, "cron_lock/backup.sh");
    unlink();
  });

  test(`docs/cron_lock: a second backup gives up while one runs, and is told of one that was killed, procref in ${runtime}`, async () => {
    using directory = temporaryDirectory();
    const archive = `${directory.path}/archive.tar`;
    const env = install(runtime, directory.path);
    const unlink = () => spawnSync("procref", ["lock", `backup ${archive}`, "--unlink"], { env });
    const backup = () => spawnSync(SCRIPT, [FOLDER, archive], { env, encoding: "utf8" });
    // Like backup.sh, with a command that takes its time.
    const args = ["lock", `backup ${archive}`, "--", "procref", "run", "--"]
      .concat("sh", "-c", "echo in; sleep 600");
    const holder = spawn("procref", args, { env, stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(holder, "close");
    try {
      await once(holder.stdout, "data");
      const second = backup();
      assertEquals(second.status, 125);
      assertStringIncludes(second.stderr, `${holder.pid}`);
      assert(!existsSync(archive));
    } finally {
      holder.kill("SIGKILL");
      await ended;
    }
    const third = backup();
    assertEquals(third.status, 0);
    assertStringIncludes(third.stderr, "abandoned");
    assert(existsSync(archive));
    unlink();
  });
}
