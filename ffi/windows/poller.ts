// NtWaitForMultipleObjects over everything that anybody in this thread waits for, plus an event that interrupts it. One
// call takes 64 handles, so there is one for every 63 waits, and no thread while nobody waits. Only objects that
// stay signaled may be waited for here: processes, jobs and notification events.

import type { Waiting } from "../types.ts";
import { nameless } from "./attributes.ts";
import { HandleSlot, objects, succeeded, waitForMultipleElsewhere } from "./ntdll.ts";

const MOST = 63; // MAXIMUM_WAIT_OBJECTS, less the interrupt
const WAIT_ANY = 1;
const EVENT_ALL_ACCESS = 0x1f0003;
const SYNCHRONIZATION_EVENT = 1;
const AT_ONCE = new BigUint64Array(1);

interface Wait {
  readonly handle: number;
  readonly over: (signaled: boolean) => void;
  givenUp: boolean;
}

/** True if the object is signaled now. */
export function isSignaled(handle: number): boolean {
  return objects().NtWaitForSingleObject(handle, 0, AT_ONCE) === 0;
}

/** The waits that share a thread. */
class Group {
  readonly #interrupt: number;
  readonly #waits = new Set<Wait>();
  #running = false;

  constructor() {
    const slot = new HandleSlot();
    const status = objects().NtCreateEvent(
      slot.bytes,
      EVENT_ALL_ACCESS,
      nameless(),
      SYNCHRONIZATION_EVENT,
      0,
    );
    succeeded(status, "NtCreateEvent");
    this.#interrupt = slot.value;
  }

  get full(): boolean {
    return this.#waits.size >= MOST;
  }

  add(wait: Wait): void {
    this.#waits.add(wait);
    if (this.#running) this.interrupt();
    else void this.#run();
  }

  interrupt(): void {
    objects().NtSetEvent(this.#interrupt, null);
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (;;) {
      for (const wait of [...this.#waits]) {
        if (wait.givenUp) this.#end(wait, false);
        else if (isSignaled(wait.handle)) this.#end(wait, true);
      }
      if (this.#waits.size === 0) break;
      const handles = [this.#interrupt, ...[...this.#waits].map(({ handle }) => handle)];
      const list = new BigUint64Array(handles.map(BigInt));
      await waitForMultipleElsewhere()(handles.length, list, WAIT_ANY, 0, null);
    }
    this.#running = false;
  }

  #end(wait: Wait, signaled: boolean): void {
    this.#waits.delete(wait);
    wait.over(signaled);
  }
}

const groups: Group[] = [];

/**
 * Waits until an object is signaled. The handle stays the caller's, who may close it once `done` has resolved: until
 * then another thread waits for it.
 */
export function whenSignaled(handle: number): Waiting {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let group = groups.find((one) => !one.full);
  if (group === undefined) groups.push(group = new Group());
  const wait: Wait = { handle, over: resolve, givenUp: false };
  group.add(wait);
  return {
    done: promise,
    cancel() {
      if (wait.givenUp) return;
      wait.givenUp = true;
      group.interrupt();
    },
  };
}
