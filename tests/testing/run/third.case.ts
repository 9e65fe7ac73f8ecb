import { visit } from "./visit.ts";

visit("hang");
