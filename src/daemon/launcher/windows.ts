import type { Launch } from "./system.ts";
export const launchOnWindows: Launch = () => {
  throw new Error("not yet");
};
