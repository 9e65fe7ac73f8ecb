// Loaded before everything else: this process takes itself for one on a Mac.

interface Host {
  process: object;
  Deno?: object & { build: object };
}

const { process, Deno } = globalThis as unknown as Host;

if (Deno === undefined) Object.defineProperty(process, "platform", { value: "darwin" });
else Object.defineProperty(Deno, "build", { value: { ...Deno.build, os: "darwin" } });
