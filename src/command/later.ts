// What is loaded when somebody needs it, from more than one place.

import { once } from "../once.ts";

/** Starts commands: programs whose commands are scripted need no system. */
export const systemStart = once(() => import("./system_start.ts"));

/** Reads and writes files. */
export const files = once(() => import("./files.ts"));
