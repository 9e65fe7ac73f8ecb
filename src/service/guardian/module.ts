import { limit, unlessAborted } from "../../wait.ts";
import type { ServiceRecord } from "../record/record.ts";
import { awaitStopped } from "../stopping.ts";

/** The part of a definition that a guardian runs. */
interface Stopping {
  onLastRelease(info: ServiceRecord["info"]): unknown;
}

const DEFINITION = Symbol.for("procref.service");

/**
 * Runs the `onLastRelease` of the service that is the default export of the record's module, if it names one.
 * Whatever goes wrong there, the process is stopped by the recorded policy afterwards.
 */
export async function stopByModule(record: ServiceRecord): Promise<void> {
  if (record.module === undefined) return;
  using patience = limit({ timeout: record.stop.timeout }, () => "onLastRelease");
  try {
    const module: unknown = await import(record.module);
    const stopping = stoppingOf(module);
    if (stopping === undefined) return;
    const done = Promise.resolve(stopping.onLastRelease(record.info));
    await unlessAborted(done, patience.signal);
    await awaitStopped(record);
  } catch {
    // Nobody is there to be told; the policy does the rest.
  }
}

function stoppingOf(module: unknown): Stopping | undefined {
  const service = property(module, "default");
  const definition = property(service, DEFINITION);
  return typeof property(definition, "onLastRelease") === "function"
    ? definition as Stopping
    : undefined;
}

function property(value: unknown, name: string | symbol): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
