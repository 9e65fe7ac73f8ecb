// Loaded before everything else in each process of such a test run.

import { pretend } from "./pretend.ts";

pretend();
