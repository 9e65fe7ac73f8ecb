// empty.ts: nothing but the runtime itself.

export {};
