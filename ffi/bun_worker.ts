// Calls that block, on Workers: one call at a time each, kept for the next call and unref'd while idle.

import type { BunGlobals, HoldingWorker } from "./bun_api.ts";

/** A call for another thread, in plain numbers and strings. */
export interface Call {
  readonly files: readonly string[];
  readonly name: string;
  readonly args: readonly string[];
  readonly returns: string;
  readonly values: readonly unknown[];
}

// As text, so that it is there in a bundle and in a compiled binary as well.
const SOURCE = `
const { dlopen } = process.getBuiltinModule("bun:ffi");
const bound = new Map();
function bind({ files, name, args, returns }) {
  for (const file of files) {
    try { return dlopen(file, { [name]: { args, returns } }).symbols[name]; } catch {}
  }
}
onmessage = ({ data }) => {
  const key = [data.name, data.returns, ...data.args].join();
  if (!bound.has(key)) bound.set(key, bind(data));
  postMessage(bound.get(key)(...data.values));
};`;

const idle: HoldingWorker[] = [];

/** Runs the call on an idle Worker, or on a new one; keeps hold of what must not be collected meanwhile. */
export function callElsewhere(call: Call, keep: readonly unknown[]): Promise<unknown> {
  const worker = idle.pop() ?? start();
  worker.ref();
  return new Promise((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<unknown>) => {
      worker.unref();
      idle.push(worker);
      void keep;
      resolve(event.data);
    };
    worker.onerror = (event: ErrorEvent) => reject(new Error(event.message));
    worker.postMessage(call);
  });
}

let url: string | undefined;

function start(): HoldingWorker {
  url ??= URL.createObjectURL(new Blob([SOURCE], { type: "application/javascript" }));
  return new (globalThis as unknown as BunGlobals).Worker(url);
}
