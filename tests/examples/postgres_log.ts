// A Postgres of one test's own: the name and the log that go into the environment of its clients.

import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { eventually, temporaryDirectory, uniqueName } from "../harness/mod.ts";

/** What Postgres logged. */
export class PostgresLog implements Disposable {
  readonly #directory = temporaryDirectory();
  readonly #path = `${this.#directory.path}/log`;
  /** What its clients need in their environment. */
  readonly env: Readonly<Record<string, string>> = {
    POSTGRES_NAME: uniqueName("postgres"),
    POSTGRES_LOG: this.#path,
    TMPDIR: "/tmp",
  };

  /** Where its data are while it runs. */
  get data(): string {
    const user = process.getuid?.() ?? 0;
    return `/tmp/${encodeURIComponent(this.env["POSTGRES_NAME"] ?? "")}-${user}`;
  }

  /** How often it was started. */
  starts(): number {
    return this.#times("starting PostgreSQL");
  }

  /** Waits until it has stopped as often as it was started: cleanly, by its own account. */
  async shutDown(timeout?: number): Promise<void> {
    const stopped = () => this.#times("database system is shut down") === this.starts();
    await eventually(() => stopped() && !existsSync(this.data), timeout);
  }

  #times(text: string): number {
    return existsSync(this.#path) ? readFileSync(this.#path, "utf8").split(text).length - 1 : 0;
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]();
  }
}
