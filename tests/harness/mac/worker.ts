// Imported first by Workers of the tests, which load nothing before: they follow their process.

import process from "node:process";
import { pretend } from "./pretend.ts";

if (process.env["PROCREF_AS_MAC"] !== undefined) pretend();
