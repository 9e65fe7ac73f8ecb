import { fingerprint, quote } from "../../name.ts";
import { ownPrefix, spelled, type Where } from "../../object/named.ts";

/** The names of the kernel objects that belong to one counter or service. */
export class Place {
  readonly #start: string;
  /** For example `for counter "db"`. */
  readonly subject: string;

  /**
   * @param kind What the name names: names of different kinds never meet.
   * @param name The name.
   * @param scope What the name is relative to, for example a directory.
   */
  constructor(kind: "counter" | "service", name: string, scope = "") {
    const within = scope === "" ? "" : `-${fingerprint(scope)}`;
    this.#start = `${ownPrefix()}-${kind}${within}-${spelled(name)}`;
    this.subject = `for ${kind} ${quote(name)}`;
  }

  /** One of the objects. */
  part(name: string): Where {
    return { name: `${this.#start}-${name}`, subject: this.subject };
  }
}
