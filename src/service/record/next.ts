import type { Definition } from "../definition.ts";
import type { State } from "../machine.ts";
import type { ServiceRecord } from "./record.ts";

/** What of a definition stands in a record from a start on, for a guardian to go by. */
type Terms = Pick<Definition, "stop" | "linger" | "module" | "exclusive">;

/** The record for the state that a service is entering. Whatever a start launches carries its token: 128 random bits. */
export function nextRecord(record: ServiceRecord, state: State, terms: Terms): ServiceRecord {
  const { stop, linger, module, exclusive } = terms;
  const started = {
    token: crypto.randomUUID(),
    exclusive,
    stop,
    linger,
    module,
    startedAt: Date.now(),
  };
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
