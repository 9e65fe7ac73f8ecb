import { listServices } from "../../service/list_services.ts";
import { partsOf } from "../../service/file/from_file.ts";
import { SharedService } from "../../service/shared_service.ts";
import type { ServiceStatus } from "../../service/types.ts";
import type { Cell } from "../output/table.ts";
import { span } from "../output/table.ts";
import type { Address, Place } from "./named.ts";
import { addressesOf } from "./named.ts";

/** A service as `list` and `status` tell of it: with the file that names it, if one does. */
export interface Seen extends ServiceStatus {
  readonly config?: string;
}

function seen(status: ServiceStatus): Seen {
  return { ...status, ...partsOf(status.name) };
}

/** All services that run. */
export async function lookAround({ directory }: Place): Promise<Seen[]> {
  return (await listServices(directory)).map(seen);
}

/** One service: the file's, or if that does not run, the user's of the same name. */
export async function lookAt(name: string, place: Place): Promise<Seen & { address: Address }> {
  const found = await Promise.all(
    addressesOf(name, place).map(async (address) => ({
      ...seen(await statusOf(address)),
      address,
    })),
  );
  const present = found.find(({ state, count, problem }) =>
    state !== "absent" || count > 0 || problem !== undefined
  );
  const [first] = found;
  if (first === undefined) throw new Error("A name has an address");
  return present ?? first;
}

async function statusOf({ fullName, directory }: Address): Promise<ServiceStatus> {
  const service = new SharedService(fullName, {
    ...(directory === undefined ? {} : { directory }),
    onFirstAcquire() {
      throw new Error("A look starts nothing");
    },
  });
  return await service.status();
}

/** The heading of a table of services. */
export const HEADING: readonly string[] = [
  "NAME",
  "STATE",
  "CLIENTS",
  "PID",
  "PORT",
  "UP",
  "FROM",
  "NOTE",
];

/** A service's row in a table. */
export function row(
  { name, state, count, info, startedAt, healthy, problem, config }: Seen,
): Cell[] {
  return [
    name,
    stateCell(state, healthy),
    `${count}`,
    `${info?.pid ?? "-"}`,
    `${info?.port ?? "-"}`,
    startedAt === undefined ? "-" : span(Date.now() - startedAt.getTime()),
    config ?? "-",
    problem ?? (state === "running" && count === 0 ? "lingers" : ""),
  ];
}

function stateCell(state: Seen["state"], healthy: boolean | undefined): Cell {
  if (state === "absent") return { text: state, colour: "dim" };
  if (state !== "running") return { text: state, colour: "busy" };
  return healthy === false ? { text: "unhealthy", colour: "bad" } : { text: state, colour: "good" };
}
