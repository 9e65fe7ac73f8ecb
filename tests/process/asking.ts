// What asked.ts has noted in its file.

import { existsSync, readFileSync } from "node:fs";
import { temporaryDirectory } from "../harness/mod.ts";
import { asked, type Line } from "../windows/programs.ts";

/** A file for notes, and what writes into it. Leaving the scope removes it. */
export class Notes implements Disposable {
  readonly #directory = temporaryDirectory();

  /** The program that takes a request to end as it is told. */
  program(how: string): Line {
    return asked(how, this.#file);
  }

  get #file(): string {
    return `${this.#directory.path}/asked`;
  }

  get lines(): string[] {
    const file = this.#file;
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]();
  }
}
