// One test function for both runners, so that the same files run under `deno test` and `bun test`.

type Body = () => void | Promise<void>;

interface Runner {
  (name: string, body: Body): void;
}

async function runner(): Promise<Runner> {
  if ("Bun" in globalThis) {
    const { test } = await import("bun:test");
    return (name, body) => test(name, body, 120_000);
  }
  return (name, body) =>
    Deno.test({ name, fn: body, sanitizeOps: true, sanitizeResources: true, sanitizeExit: true });
}

/** Declares a test; its name is the promise that it checks. */
export const test: Runner = await runner();
