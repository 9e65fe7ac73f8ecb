// A service described by options, in place of a procref.json.

import type { Readiness } from "../../ready/types.ts";
import type { CommandServiceOptions } from "../../service/command/types.ts";
import type { StopPolicy } from "../../service/types.ts";
import { shell } from "../../service/file/from_file.ts";
import { duration, pattern, port, signal } from "../values.ts";
import { type Arguments, type Option, UsageError } from "../verb.ts";

/** The options that say when a program is ready. */
export const READY_OPTIONS: readonly Option[] = [
  { name: "ready-line", value: "TEXT", description: "Ready when a line of its output holds this" },
  { name: "ready-pattern", value: "REGEX", description: "Ready when a line of its output matches" },
  { name: "ready-http", value: "URL", description: "Ready when this answers 2xx; {port} in it" },
  { name: "ready-port", description: "Ready when its port accepts (default if there is a port)" },
  { name: "ready-timeout", value: "TIME", description: "Until its start fails (default 30s)" },
];

/** The options that describe a service. */
export const SERVICE_OPTIONS: readonly Option[] = [
  {
    name: "start",
    value: "LINE",
    description: "Start it with this command line (run by /bin/sh, on Windows by cmd.exe)",
  },
  {
    name: "port",
    value: "N|free",
    description: "The port it listens on; {port} and $PORT in --start are it",
    choices: ["free"],
  },
  ...READY_OPTIONS,
  {
    name: "linger",
    value: "TIME",
    description: "Stay this long after the last client (default 0)",
  },
  {
    name: "stop-signal",
    value: "SIGNAL",
    description: "What asks it to end (default TERM)",
    choices: ["TERM", "INT", "QUIT", "HUP", "KILL"],
  },
  { name: "stop-timeout", value: "TIME", description: "From asking to SIGKILL (default 5s)" },
  { name: "cwd", value: "DIR", description: "Its working directory (default: this one)" },
  { name: "log", value: "FILE", description: "Append its output to this file" },
];

/** The service that the options describe; undefined without `--start`. @throws {UsageError} */
export function serviceOptions(args: Arguments): CommandServiceOptions | undefined {
  const line = args.text("start");
  if (line === undefined) {
    const stray = SERVICE_OPTIONS.find(({ name }) => args.has(name) || args.text(name));
    if (stray !== undefined) throw new UsageError(`--${stray.name} needs --start`);
    return undefined;
  }
  const [thePort, linger, cwd, log] = [
    port(args, "port"),
    duration(args, "linger"),
    args.text("cwd"),
    args.text("log"),
  ];
  return {
    command: shell(line),
    ready: readiness(args, thePort !== undefined),
    stop: stopPolicy(args),
    ...(thePort === undefined ? {} : { port: thePort }),
    ...(linger === undefined ? {} : { linger }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(log === undefined ? {} : { log }),
  };
}

/** What the options say of readiness. @throws {UsageError} */
export function readiness(args: Arguments, hasPort: boolean): Readiness {
  const text = args.text("ready-line");
  const matching = pattern(args, "ready-pattern");
  if (text !== undefined && matching !== undefined) {
    throw new UsageError("--ready-line and --ready-pattern exclude each other");
  }
  if (args.has("ready-port") && !hasPort) throw new UsageError("--ready-port needs --port");
  const [line, http, timeout] = [
    text ?? matching,
    args.text("ready-http"),
    duration(args, "ready-timeout"),
  ];
  return {
    ...(line === undefined ? {} : { line }),
    ...(http === undefined ? {} : { http }),
    ...(args.has("ready-port") ? { port: true } : {}),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

function stopPolicy(args: Arguments): StopPolicy {
  const [name, timeout] = [signal(args, "stop-signal"), duration(args, "stop-timeout")];
  return {
    ...(name === undefined ? {} : { signal: name }),
    ...(timeout === undefined ? {} : { timeout }),
  };
}
