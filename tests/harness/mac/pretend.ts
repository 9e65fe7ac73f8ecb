interface Host {
  process: object;
  Deno?: object & { build: object };
}

/** From now on this thread takes itself for one on a Mac. */
export function pretend(): void {
  const { process, Deno } = globalThis as unknown as Host;
  if (Deno === undefined) Object.defineProperty(process, "platform", { value: "darwin" });
  else Object.defineProperty(Deno, "build", { value: { ...Deno.build, os: "darwin" } });
}
