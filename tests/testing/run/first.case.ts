import { visit } from "./visit.ts";

visit("fail");
