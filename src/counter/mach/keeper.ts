// Somebody must receive from the ports that count: the keeper, a process of its own. It makes one port for every
// reference and every lock that it gives out, and the one send right to it is the reference: it travels to the holder
// in the answer, and back when it is given back. The kernel takes it from a holder that dies, and tells the keeper.
// Of the keeper's own books only what the kernel confirms counts: a port without senders is a reference that is gone.

import { MACH } from "../../../ffi/numbers/mach.ts";
import type { Incoming } from "./message.ts";
import { ANSWER, ASK, decodeName, encodeNumber } from "./protocol.ts";
import type { Space } from "./space.ts";

/** Somebody who waits: the right to answer him, which is dead when he is. */
interface Waiter {
  readonly answerTo: number;
  readonly process: number;
}

interface Account {
  readonly references: Set<number>;
  lock: { readonly port: number; readonly process: number } | undefined;
  forLock: Waiter[];
  forZero: Waiter[];
}

/** Keeps the counters of one user. */
export class Keeper {
  readonly #space: Space;
  readonly #service: number;
  readonly #user: number;
  readonly #patience: number;
  readonly #accounts = new Map<string, Account>();

  /**
   * @param space Its ports.
   * @param service The port that it has checked in.
   * @param user Whose counters these are: nobody else is served.
   * @param patience How long it stays when nothing is held, in milliseconds.
   */
  constructor(space: Space, service: number, user: number, patience: number) {
    this.#space = space;
    this.#service = service;
    this.#user = user;
    this.#patience = patience;
  }

  /** Serves one message. False: it has gone, because nothing is held and nobody asks. */
  turn(): boolean {
    const message = this.#space.receive(this.#service, this.#patience);
    if (message !== undefined) this.#take(message);
    else if (this.#accounts.size === 0) {
      // Who asked in this very instant finds his right to be answered destroyed, and asks the next keeper.
      this.#space.destroy(this.#service);
      return false;
    }
    return true;
  }

  #take(message: Incoming): void {
    if (message.id === MACH.MACH_NOTIFY_DEAD_NAME) this.#forget(message.dead);
    else if (message.id === MACH.MACH_NOTIFY_NO_SENDERS) this.#sweep();
    else if (message.answerTo !== 0) this.#serve(message);
    else this.#space.give(message.right);
  }

  #serve(message: Incoming): void {
    const name = decodeName(message.payload);
    if (message.user !== this.#user || name === undefined) return this.#refuse(message);
    const account = this.#accounts.get(name) ?? newAccount();
    this.#accounts.set(name, account);
    this.#perform(account, message);
    this.#tidy(name, account);
  }

  /** Unanswered: the sender is told that his request is lost. */
  #refuse({ right, answerTo }: Incoming): void {
    this.#space.give(right);
    this.#space.give(answerTo);
  }

  #perform(account: Account, message: Incoming): void {
    const { id, answerTo, right } = message;
    switch (id) {
      case ASK.acquire:
        return this.#acquire(account, message);
      case ASK.release:
        if (account.references.delete(right)) this.#end(right);
        else this.#space.give(right);
        this.#answer(answerTo, account.references.size);
        return this.#wakeAtZero(account);
      case ASK.count:
        return this.#answer(answerTo, account.references.size);
      case ASK.tryLock:
        if (account.lock === undefined) this.#lock(account, message);
        else this.#answer(answerTo, 0);
        return;
      case ASK.unlock:
        if (account.lock?.port === right) this.#unlock(account);
        else this.#space.give(right);
        return this.#answer(answerTo, 0);
      case ASK.lock:
        if (account.lock === undefined) this.#lock(account, message);
        else this.#wait(account.forLock, message);
        return;
      case ASK.zero:
        if (account.references.size === 0) this.#answer(answerTo, 0);
        else this.#wait(account.forZero, message);
        return;
      case ASK.holder:
        return this.#answer(answerTo, account.lock?.process ?? 0);
      default:
        return this.#refuse(message);
    }
  }

  #acquire(account: Account, { answerTo }: Incoming): void {
    const port = this.#mint();
    account.references.add(port);
    // He who asked is dead: nothing was sent, so nobody ever held it.
    if (!this.#give(answerTo, port, account.references.size)) {
      account.references.delete(port);
      this.#space.destroy(port);
    }
  }

  /** True if the one who asked lives and has the lock. */
  #lock(account: Account, { answerTo, process }: Waiter): boolean {
    const port = this.#mint();
    if (!this.#give(answerTo, port, 1)) {
      this.#space.destroy(port);
      return false;
    }
    account.lock = { port, process };
    return true;
  }

  #unlock(account: Account): void {
    if (account.lock !== undefined) this.#end(account.lock.port);
    this.#handOn(account);
  }

  /** Gives the lock to the first of those who wait and still live. */
  #handOn(account: Account): void {
    account.lock = undefined;
    for (;;) {
      const next = account.forLock.shift();
      if (next === undefined || this.#lock(account, next)) return;
    }
  }

  #wakeAtZero(account: Account): void {
    if (account.references.size > 0) return;
    for (const { answerTo } of account.forZero.splice(0)) this.#answer(answerTo, 0);
  }

  #wait(queue: Waiter[], { answerTo, process }: Incoming): void {
    // He died before he was heard: what arrives then is no name.
    if (answerTo === MACH.MACH_PORT_DEAD) return;
    queue.push({ answerTo, process });
    this.#space.notify(answerTo, MACH.MACH_NOTIFY_DEAD_NAME, this.#service);
  }

  /** A port that tells when its one send right is gone. */
  #mint(): number {
    const port = this.#space.allocate();
    this.#space.notify(port, MACH.MACH_NOTIFY_NO_SENDERS, this.#service);
    return port;
  }

  #give(answerTo: number, port: number, value: number): boolean {
    const right = { name: port, disposition: MACH.MACH_MSG_TYPE_MAKE_SEND };
    return this.#send(answerTo, value, right);
  }

  #answer(answerTo: number, value: number): void {
    this.#send(answerTo, value);
  }

  #send(
    answerTo: number,
    value: number,
    right?: { readonly name: number; readonly disposition: number },
  ): boolean {
    const sent = this.#space.send({
      id: ANSWER,
      to: { name: answerTo, disposition: MACH.MACH_MSG_TYPE_MOVE_SEND_ONCE },
      payload: encodeNumber(value),
      ...(right === undefined ? {} : { right }),
    });
    if (!sent) this.#space.give(answerTo);
    return sent;
  }

  /** The right has come back: the name stands for it and for the port. */
  #end(port: number): void {
    this.#space.give(port);
    this.#space.destroy(port);
  }

  /** Looks which references and locks have lost their holder. */
  #sweep(): void {
    for (const [name, account] of this.#accounts) {
      for (const port of [...account.references]) {
        if (this.#space.hasSenders(port)) continue;
        account.references.delete(port);
        this.#space.destroy(port);
      }
      this.#wakeAtZero(account);
      const { lock } = account;
      if (lock !== undefined && !this.#space.hasSenders(lock.port)) {
        this.#space.destroy(lock.port);
        this.#handOn(account);
      }
      this.#tidy(name, account);
    }
  }

  /** Somebody who waited is dead, or has given up. */
  #forget(answerTo: number): void {
    for (const [name, account] of this.#accounts) {
      const stays = (waiter: Waiter) => waiter.answerTo !== answerTo;
      const waiting = account.forLock.length + account.forZero.length;
      account.forLock = account.forLock.filter(stays);
      account.forZero = account.forZero.filter(stays);
      // The right itself; an answer that failed has given it back already.
      if (account.forLock.length + account.forZero.length < waiting) this.#space.give(answerTo);
      this.#tidy(name, account);
    }
    // The notification brought a reference to the dead name with it.
    this.#space.give(answerTo);
  }

  #tidy(name: string, { references, lock, forLock, forZero }: Account): void {
    const unused = references.size === 0 && lock === undefined;
    if (unused && forLock.length === 0 && forZero.length === 0) this.#accounts.delete(name);
  }
}

function newAccount(): Account {
  return { references: new Set(), lock: undefined, forLock: [], forZero: [] };
}
