// The values of options, checked: what is wrong is told by option and value.

import { parseDuration } from "../duration.ts";
import { isSignalName, type SignalName } from "../process/signals.ts";
import { type Arguments, UsageError } from "./verb.ts";

function value<T>(
  args: Arguments,
  option: string,
  expected: string,
  parse: (text: string) => T | undefined,
): T | undefined {
  const text = args.text(option);
  if (text === undefined) return undefined;
  const parsed = parse(text);
  if (parsed === undefined) throw new UsageError(`--${option} must be ${expected}: ${text}`);
  return parsed;
}

/** Milliseconds. @throws {UsageError} */
export function duration(args: Arguments, option: string): number | undefined {
  return value(args, option, "milliseconds, or 500ms, 30s, 5m, 1h", parseDuration);
}

/** A positive number. @throws {UsageError} */
export function positive(args: Arguments, option: string): number | undefined {
  return value(args, option, "a number above 0", (text) => {
    const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
    return number > 0 ? number : undefined;
  });
}

/** A positive integer. @throws {UsageError} */
export function count(args: Arguments, option: string): number | undefined {
  return value(args, option, "a whole number above 0", (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    return number > 0 ? number : undefined;
  });
}

/** A umask, in octal. @throws {UsageError} */
export function mask(args: Arguments, option: string): number | undefined {
  return value(args, option, "octal, from 0 to 777", (text) => {
    const number = /^[0-7]{1,4}$/.test(text) ? parseInt(text, 8) : Infinity;
    return number <= 0o777 ? number : undefined;
  });
}

const UNITS: Readonly<Record<string, number>> = { "": 0, k: 1, m: 2, g: 3, t: 4 };

/** Bytes, from `512M` or `2GiB` for example; units are powers of 1024. @throws {UsageError} */
export function bytes(args: Arguments, option: string): number | undefined {
  return value(args, option, "bytes, or for example 512M or 2G", (text) => {
    const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?$/i.exec(text) ?? [];
    if (number === undefined) return undefined;
    const size = Math.round(Number(number) * 1024 ** (UNITS[unit.toLowerCase()] ?? 0));
    return size > 0 ? size : undefined;
  });
}

/** A port, or "free". @throws {UsageError} */
export function port(args: Arguments, option: string): number | "free" | undefined {
  return value(args, option, "a port from 1 to 65535, or free", (text) => {
    if (text === "free") return text;
    const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    return number >= 1 && number <= 65535 ? number : undefined;
  });
}

/** A signal's name, with or without SIG. @throws {UsageError} */
export function signal(args: Arguments, option: string): SignalName | undefined {
  return value(args, option, "a signal, for example INT", (text) => {
    const name = text.toUpperCase();
    const full = name.startsWith("SIG") ? name : `SIG${name}`;
    return isSignalName(full) ? full : undefined;
  });
}

/** A regular expression. @throws {UsageError} */
export function pattern(args: Arguments, option: string): RegExp | undefined {
  return value(args, option, "a regular expression", (text) => {
    try {
      return new RegExp(text, "u");
    } catch {
      return undefined;
    }
  });
}

/** One of several words. @throws {UsageError} */
export function choice<T extends string>(
  args: Arguments,
  option: string,
  choices: readonly T[],
): T | undefined {
  return value(
    args,
    option,
    choices.join(", "),
    (text) => choices.find((one) => one === text),
  );
}
