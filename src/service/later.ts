// What is loaded when somebody needs it, from more than one place.

import { once } from "../once.ts";

/** Looks without touching. */
export const looking = /* @__PURE__ */ once(() => import("./status.ts"));

/** Ends processes. */
export const stopping = /* @__PURE__ */ once(() => import("./stopping.ts"));
