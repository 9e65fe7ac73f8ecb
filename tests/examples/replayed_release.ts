// A release from a cassette, in a process that may read the cassette and nothing else: it can start no program.

import { ReplayRunner } from "@procref/procref/command";
import { release } from "../../examples/release/release.ts";

const CASSETTE = new URL("../../examples/release/git.cassette.json", import.meta.url);
console.log((await release(ReplayRunner.replay(CASSETTE))).version);
