// The way to the keeper, for all counters of one thread.

import { TimeoutError } from "../../../ffi/errors.ts";
import { MACH } from "../../../ffi/numbers/mach.ts";
import { Mailroom } from "./mailroom.ts";
import type { Incoming } from "./message.ts";
import { encodeName, serviceName } from "./protocol.ts";
import type { Space } from "./space.ts";

/** What a thread needs to reach its user's keeper. */
export interface Access {
  readonly space: Space;
  readonly user: number;
  /** Starts a keeper; returns when one has checked in, or none could. */
  startKeeper(): void;
}

/** A request to the keeper. `right` travels with it. */
export interface Request {
  readonly id: number;
  readonly name: string;
  readonly right?: number;
}

// A keeper answers in microseconds, unless it is stopped (SIGSTOP) just then.
const PATIENCE = 5000;

/** One thread's connection. */
export class Connection {
  readonly #access: Access;
  readonly mail: Mailroom;
  #service: number | undefined;
  #answers = 0;

  constructor(access: Access) {
    this.#access = access;
    this.mail = new Mailroom(access.space);
  }

  get space(): Space {
    return this.#access.space;
  }

  /**
   * Asks the keeper, starting one where there is none.
   *
   * @returns The answer; undefined if the keeper died with the request, and with the right in it.
   * @throws {TimeoutError} It has not answered for 5 s.
   */
  ask(request: Request): Incoming | undefined {
    for (;;) {
      const answer = this.#exchange(request, this.#find() ?? this.#start());
      if (answer !== "unsent") return answer;
      // Whoever made the right is the keeper that is dead now: the right is dead as well, and worth nothing.
      if (request.right !== undefined) {
        this.space.give(request.right);
        return undefined;
      }
    }
  }

  /** Asks the keeper, if there is one. */
  askIfThere(request: Request): Incoming | undefined {
    const service = this.#find();
    const answer = service === undefined ? undefined : this.#exchange(request, service);
    return answer === "unsent" ? undefined : answer;
  }

  /** Sends a request that is answered later, at a port of the mailroom. */
  send(request: Request, answerTo: number): void {
    const { id, name } = request;
    for (;;) {
      const to = { name: this.#find() ?? this.#start(), disposition: MACH.MACH_MSG_TYPE_COPY_SEND };
      if (this.space.send({ id, to, answerTo, payload: encodeName(name) })) return;
      this.#forget();
    }
  }

  #exchange(request: Request, service: number): Incoming | undefined | "unsent" {
    const { id, name, right } = request;
    if (this.#answers === 0) this.#answers = this.space.allocate();
    const answer = this.space.ask({
      id,
      to: { name: service, disposition: MACH.MACH_MSG_TYPE_COPY_SEND },
      answerTo: this.#answers,
      payload: encodeName(name),
      ...(right === undefined
        ? {}
        : { right: { name: right, disposition: MACH.MACH_MSG_TYPE_MOVE_SEND } }),
    }, PATIENCE);
    if (answer === "unsent" || answer === "lost") this.#forget();
    if (answer === "unsent") return "unsent";
    if (answer === "lost") return undefined;
    if (answer !== "late") return answer;
    // Destroyed, so that a late answer is too: what it brings is given back by the kernel.
    this.space.destroy(this.#answers);
    this.#answers = 0;
    throw new TimeoutError("The keeper of counters has not answered for 5 s; is it stopped?");
  }

  #find(): number | undefined {
    // The one that we know may have gone, and another one come; what is looked up may die in this very instant.
    for (let look = 0; look < 2; look++) {
      this.#service ??= this.space.lookUp(serviceName(this.#access.user));
      if (this.#service !== undefined && !this.space.isDead(this.#service)) break;
      this.#forget();
    }
    return this.#service;
  }

  #start(): number {
    const end = performance.now() + PATIENCE;
    for (;;) {
      this.#access.startKeeper();
      const service = this.#find();
      if (service !== undefined) return service;
      if (performance.now() > end) {
        throw new TimeoutError("No keeper of counters could be started within 5 s");
      }
    }
  }

  #forget(): void {
    if (this.#service !== undefined) this.space.give(this.#service);
    this.#service = undefined;
  }
}
