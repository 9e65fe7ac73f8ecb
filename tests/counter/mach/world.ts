// Processes on the simulated kernel, all in this one, which take turns where they wait for each other, and which can be
// killed between any two of their steps.

import { MACH } from "../../../ffi/numbers/mach.ts";
import { type Access, Connection } from "../../../src/counter/mach/connection.ts";
import { MachCounter } from "../../../src/counter/mach/counter.ts";
import { Keeper } from "../../../src/counter/mach/keeper.ts";
import { serviceName } from "../../../src/counter/mach/protocol.ts";
import { type MachKernel, Space } from "../../../src/counter/mach/space.ts";
import { portCalls, type Ports, receive, send, WAIT } from "./calls.ts";
import { Kernel } from "./kernel.ts";
import type { Task } from "./task.ts";

/** What a process throws that is killed in the middle of its work. */
export class Killed extends Error {}

/** A process: its rights, and how many steps it has left. */
export class Actor {
  readonly task: Task;
  readonly kernel: MachKernel;
  readonly #world: World;
  /** Steps until it is killed. */
  left = Infinity;
  steps = 0;
  /** Done at each step, for what others do in that instant. */
  onStep: (step: number) => void = () => {};
  /** Done when a message has come on another thread. */
  onReceived: () => void = () => {};

  constructor(world: World, process: number, user: number = USER) {
    this.#world = world;
    this.task = world.kernel.start(process, user);
    const calls = Object.entries(portCalls(this.task)).map(([name, call]) => [
      name,
      (...values: never[]) => {
        this.#step();
        return (call as (...values: never[]) => number)(...values);
      },
    ]);
    const ports: Ports = { ...Object.fromEntries(calls), mach_msg: this.#message };
    this.kernel = { ports, messageElsewhere: this.#messageElsewhere };
  }

  /** A point at which it may be killed, and at which others may run. */
  #step(): void {
    this.steps++;
    this.onStep(this.steps);
    if (--this.left <= 0) this.die();
    if (!this.task.alive) throw new Killed();
    if (this.#world.eager) this.#world.run(this);
  }

  die(): never {
    this.#world.kernel.terminate(this.task);
    throw new Killed();
  }

  #message: Ports["mach_msg"] = (bytes, options, length, _room, name) => {
    if (!(bytes instanceof Uint8Array)) return MACH.MACH_SEND_INVALID_RIGHT;
    this.#step();
    if ((options & MACH.MACH_SEND_MSG) !== 0) {
      const sent = this.#untilDone(() => send(this.task, bytes, length), false);
      if (sent !== MACH.MACH_MSG_SUCCESS) return sent;
      this.#step();
    }
    if ((options & MACH.MACH_RCV_MSG) === 0) return MACH.MACH_MSG_SUCCESS;
    const timed = (options & MACH.MACH_RCV_TIMEOUT) !== 0;
    const received = this.#untilDone(() => receive(this.task, bytes, name), timed);
    this.#step();
    return received;
  };

  /** Others run while it waits. */
  #untilDone(attempt: () => number | typeof WAIT, timed: boolean): number {
    for (;;) {
      const result = attempt();
      if (result !== WAIT) return result;
      if (this.#world.run(this)) continue;
      if (timed) return MACH.MACH_RCV_TIMED_OUT;
      throw new Error("Everybody waits for ever");
    }
  }

  #messageElsewhere: MachKernel["messageElsewhere"] = async (
    bytes,
    _options,
    _send,
    _room,
    name,
  ) => {
    if (!(bytes instanceof Uint8Array)) return MACH.MACH_SEND_INVALID_RIGHT;
    for (;;) {
      const result = this.task.alive ? receive(this.task, bytes, name) : NEVER;
      if (result === NEVER) return await new Promise<number>(() => {});
      if (result !== WAIT) {
        this.onReceived();
        return result;
      }
      await new Promise((resolve) => setTimeout(resolve));
      this.#world.run();
    }
  };
}

const NEVER = "never";
const USER = 501;
const PATIENCE = 100;

/** A process with counters. */
export class Client extends Actor {
  readonly #connection: Connection;

  constructor(world: World, process: number) {
    super(world, process);
    const access: Access = {
      space: new Space(this.kernel),
      user: USER,
      startKeeper: () => world.startKeeper(),
    };
    this.#connection = new Connection(access);
  }

  open(name: string): MachCounter {
    return new MachCounter(name, this.#connection);
  }
}

class KeeperActor extends Actor {
  #keeper: Keeper | undefined;

  constructor(world: World, process: number, left: number) {
    super(world, process);
    this.left = left;
    this.#attempt(() => {
      const space = new Space(this.kernel);
      const service = space.checkIn(serviceName(USER));
      if (service === undefined) this.die();
      this.#keeper = new Keeper(space, service, USER, PATIENCE);
    });
  }

  get hasMail(): boolean {
    return this.task.alive && this.task.ready;
  }

  /** Serves one message; without one, its patience is over. */
  turn(): void {
    this.#attempt(() => {
      if (this.#keeper?.turn() === false) this.die();
    });
  }

  #attempt(body: () => void): void {
    try {
      body();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }
}

/** The kernel, and who runs on it. */
export class World {
  readonly kernel: Kernel = new Kernel();
  /** Whether keepers run whenever they can, or only when somebody waits for them. */
  readonly eager: boolean;
  readonly #keepers: KeeperActor[] = [];
  #processes = 100;
  #running = false;
  /** The steps that the next keeper has. */
  keeperLeft = Infinity;

  constructor(eager: boolean) {
    this.eager = eager;
  }

  client(): Client {
    return new Client(this, this.#processes++);
  }

  startKeeper(): void {
    const left = this.keeperLeft;
    this.keeperLeft = Infinity;
    this.#keepers.push(new KeeperActor(this, this.#processes++, left));
  }

  /** Lets keepers work until none has anything to do; false: none had. */
  run(_by?: Actor): boolean {
    if (this.#running) return false;
    this.#running = true;
    try {
      let any = false;
      for (let busy = true; busy;) {
        busy = false;
        for (const keeper of this.#keepers.filter(({ hasMail }) => hasMail)) {
          keeper.turn();
          busy = any = true;
        }
      }
      return any;
    } finally {
      this.#running = false;
    }
  }

  /** Time passes in which nobody asks for anything. */
  idle(): void {
    this.run();
    this.#running = true;
    for (const keeper of this.#keepers) if (keeper.task.alive) keeper.turn();
    this.#running = false;
  }

  killKeepers(): void {
    for (const { task } of this.#keepers) this.kernel.terminate(task);
  }

  get keeperSteps(): number {
    return this.#keepers[0]?.steps ?? 0;
  }

  get keepersAlive(): number {
    return this.#keepers.filter(({ task }) => task.alive).length;
  }
}
