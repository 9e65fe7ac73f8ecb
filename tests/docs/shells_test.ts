import { assertEquals, assertMatch } from "@std/assert";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { OWN, temporaryDirectory, test } from "../harness/mod.ts";
import { PostgresPath } from "./postgres_path.ts";
import { install } from "./procref.ts";

const FILE = fileURLToPath(new URL("../../docs/shells/procref.json", import.meta.url));
const SAY = 'echo "$DATABASE_URL"; read -r _';

for (const runtime of OWN) {
  test(`docs/shells: two terminals have one Postgres by procref in ${runtime}`, async () => {
    using postgres = new PostgresPath({ dropsRights: true });
    using directory = temporaryDirectory();
    using bin = temporaryDirectory();
    chmodSync(directory.path, 0o777);
    copyFileSync(FILE, `${directory.path}/procref.json`);
    const path = `${bin.path}:${postgres.env["PATH"]}`;
    const env = { ...install(runtime, bin.path), PATH: path };
    const options = { cwd: directory.path, env };

    const terminals = ["one", "two"].map(() =>
      spawn("procref", ["with", "pg", "--", "sh", "-c", SAY], {
        ...options,
        stdio: ["pipe", "pipe", "inherit"],
      })
    );
    const ends = terminals.map((terminal) => once(terminal, "close"));
    try {
      const addresses = await Promise.all(terminals.map(({ stdout }) => firstLine(stdout)));
      assertMatch(addresses[0] ?? "", /^postgres:\/\/postgres@127\.0\.0\.1:\d+\/postgres$/);
      assertEquals(addresses[0], addresses[1]);
      assertEquals(postgres.starts(), 1);
    } finally {
      for (const { stdin } of terminals) stdin.end("\n");
      const codes = (await Promise.all(ends)).map(([code]) => code);
      assertEquals(codes, [0, 0]);
      // It lingers for the next one.
      assertEquals(spawnSync("procref", ["status", "pg"], options).status, 0);
      assertEquals(spawnSync("procref", ["stop", "pg"], options).status, 0);
    }
  });
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  return (await createInterface(stream)[Symbol.asyncIterator]().next()).value ?? "";
}
