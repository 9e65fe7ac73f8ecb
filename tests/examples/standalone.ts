// The client as it would find itself in a program made by `deno compile`.

const build = { ...Deno.build, standalone: true };
Object.defineProperty(globalThis, "Deno", {
  value: Object.create(Deno, { build: { value: build } }),
});
await import("./client.ts");

export {}; // it is a module, so that it may await
