import type { VerbEntry } from "../verb.ts";

/** The verbs in the order of the help. */
export const VERBS: readonly VerbEntry[] = [
  {
    name: "with",
    summary: "Run a command while services run, starting them if need be",
    load: async () => (await import("./with.ts")).default,
  },
  {
    name: "run",
    summary: "Run a command whose whole process tree ends with it",
    load: async () => (await import("./run.ts")).default,
  },
  {
    name: "lock",
    summary: "Run a command while nobody else holds the lock of that name",
    load: async () => (await import("./lock.ts")).default,
  },
  {
    name: "list",
    summary: "Show the services that run, and those of procref.json",
    load: async () => (await import("./list.ts")).default,
  },
  {
    name: "status",
    summary: "Look at services without touching them",
    load: async () => (await import("./status.ts")).default,
  },
  {
    name: "stop",
    summary: "Stop a service that nobody uses any more",
    load: async () => (await import("./stop.ts")).default,
  },
  {
    name: "daemon",
    summary: "Start a program as a daemon, look at it, stop it",
    load: async () => (await import("./daemon.ts")).default,
  },
  {
    name: "doctor",
    summary: "Show what this host offers, by which mechanism, and why not",
    load: async () => (await import("./doctor.ts")).default,
  },
  {
    name: "completions",
    summary: "Print completions for a shell",
    load: async () => (await import("./completions.ts")).default,
  },
];
