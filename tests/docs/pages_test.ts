import { assert, assertEquals } from "@std/assert";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "../harness/mod.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LINK = /\]\(([^)#]+)(#[^)]*)?\)/g;

const pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].concat(
  readdirSync(`${ROOT}docs`).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
);

for (const page of pages) {
  test(`every link of ${page} leads somewhere`, () => {
    const folder = `${ROOT}${page}`.replace(/[^/]*$/, "");
    const links = [...readFileSync(`${ROOT}${page}`, "utf8").matchAll(LINK)].map(([, to = ""]) =>
      to
    );
    const here = links.filter((to) => !/^[a-z]+:/.test(to));
    assertEquals(here.filter((to) => !existsSync(folder + to)), []);
  });
}

test("every page is in the index of docs", () => {
  const index = readFileSync(`${ROOT}docs/README.md`, "utf8");
  for (const page of pages.filter((one) => one.startsWith("docs/") && one !== "docs/README.md")) {
    assert(index.includes(`(${page.replace("docs/", "")})`), page);
  }
});
