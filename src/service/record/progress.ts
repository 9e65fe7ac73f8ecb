import type { Definition } from "../definition.ts";
import type { State } from "../machine.ts";
import { newToken } from "../token.ts";
import { recordFiles } from "./files.ts";
import type { ServiceRecord } from "./record.ts";

/** What of a definition stands in a record, for a guardian to go by. */
type Terms = Pick<Definition, "name" | "stop" | "linger" | "module" | "exclusive">;

/** The record of a service that nobody has started yet. */
export function blankRecord({ name, stop, linger, module }: Terms): ServiceRecord {
  return {
    name,
    state: "none",
    token: "",
    previous: "",
    exclusive: false,
    guardian: undefined,
    job: undefined,
    info: undefined,
    startTime: "",
    generation: 0,
    startedAt: 0,
    stop,
    linger,
    module,
    idle: false,
    host: recordFiles().host(),
  };
}

/**
 * The record of a service that ended with its watch. What is left of it is what an unfinished start leaves: perhaps
 * processes that never belonged to it yet, and one that the kernel is ending. Its keeper and what it was for are over.
 */
export function fallenRecord(record: ServiceRecord): ServiceRecord {
  const state = record.state === "none" ? "none" : "starting";
  return { ...record, state, generation: 0, guardian: undefined, linger: 0, module: undefined };
}

/** The state that a record tells. */
export function stateOf(record: ServiceRecord): State {
  return record.state === "none" ? "absent" : record.state;
}

/** The record for the state that a service is entering. */
export function nextRecord(record: ServiceRecord, state: State, terms: Terms): ServiceRecord {
  const { stop, linger, module, exclusive } = terms;
  const started = { token: newToken(), exclusive, stop, linger, module, startedAt: Date.now() };
  switch (state) {
    case "starting":
      return {
        ...record,
        ...started,
        state,
        previous: "",
        info: undefined,
        startTime: "",
        generation: Math.max(1, record.generation),
      };
    case "recovering":
      return {
        ...record,
        ...started,
        state,
        previous: record.token,
        generation: record.generation + 1,
      };
    case "running":
      return { ...record, state, previous: "" };
    case "stopping":
      return { ...record, state };
    case "absent":
      return { ...record, state: "none" };
  }
}
