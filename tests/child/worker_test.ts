import { assert, assertEquals, assertThrows } from "@std/assert";
import { SharedChild, type SharedChildHandle } from "@procref/procref/child";
import { test } from "../harness/mod.ts";

const STATUS = { success: false, code: null, signal: "SIGKILL" } as const;
const SEEN = { status: STATUS, again: STATUS, killed: false };

/** A Worker with a queue for what it says. */
class Thread {
  readonly #worker: Worker;
  readonly #said: unknown[] = [];
  #listen: () => void = () => {};

  constructor(script: string) {
    this.#worker = new Worker(new URL(script, import.meta.url).href, { type: "module" });
    this.#worker.onmessage = ({ data }) => {
      this.#said.push(data);
      this.#listen();
    };
  }

  tell(message: unknown): void {
    this.#worker.postMessage(message);
  }

  async hear(): Promise<unknown> {
    while (this.#said.length === 0) await new Promise<void>((resolve) => this.#listen = resolve);
    return this.#said.shift();
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

test("waiters in three Workers and here, one kill from a fourth: all get the same status", async () => {
  const child = SharedChild.spawn("sleep", { args: ["60"] });
  const handle = structuredClone(child.share());
  using one = new Thread("./worker.ts");
  using two = new Thread("./worker.ts");
  using three = new Thread("./worker.ts");
  using killer = new Thread("./worker.ts");
  const waiters = [one, two, three];
  for (const thread of [...waiters, killer]) assertEquals(await thread.hear(), "ready");
  for (const thread of waiters) thread.tell({ handle, action: "wait" });
  for (const thread of waiters) assertEquals(await thread.hear(), "waiting");
  const here = [child.wait(), child.wait()];
  killer.tell({ handle, action: "kill" });
  assertEquals(await killer.hear(), true);
  for (const thread of waiters) assertEquals(await thread.hear(), SEEN);
  assertEquals(await Promise.all(here), [STATUS, STATUS]);
  // Who comes late gets it as well.
  killer.tell({ handle, action: "wait" });
  assertEquals(await killer.hear(), "waiting");
  assertEquals(await killer.hear(), SEEN);
});

test("a timeout in a Worker leaves the child and its other waiters alone", async () => {
  await using child = SharedChild.spawn("sleep", { args: ["60"] });
  using thread = new Thread("./worker.ts");
  assertEquals(await thread.hear(), "ready");
  thread.tell({ handle: child.share(), action: "timeout" });
  assertEquals(await thread.hear(), "waiting");
  assertEquals(await thread.hear(), { status: "TimeoutError", again: undefined, killed: true });
  assertEquals((await child.wait()).signal, "SIGKILL");
});

test("the end of the Worker that started a child leaves no wait hanging", async () => {
  let handle: SharedChildHandle;
  {
    using thread = new Thread("./spawning_worker.ts");
    handle = await thread.hear() as SharedChildHandle;
  }
  const child = SharedChild.attach(handle);
  const waiting = child.wait({ timeout: 10_000 }).then(
    ({ signal }) => signal,
    (error) => error.code,
  );
  child.kill();
  // Whoever reaped it decides whether there is a status.
  assert(["SIGKILL", "closed"].includes(String(await waiting)), String(await waiting));
});

test("attach() refuses what share() did not give", () => {
  // @ts-expect-error no handle
  assertThrows(() => SharedChild.attach({}), TypeError);
  // @ts-expect-error no handle
  assertThrows(() => SharedChild.attach(undefined), TypeError);
});
