import "./count.ts";
