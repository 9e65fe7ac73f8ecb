import { assertEquals } from "@std/assert";
import process from "node:process";
import { isCi } from "../../src/process/mod.ts";
import { test } from "../harness/mod.ts";

for (
  const mark of ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "TRAVIS", "CIRCLECI", "JENKINS_URL"]
) {
  test(`isCi() is true when ${mark} is set`, () => {
    assertEquals(isCi({ [mark]: "true" }), true);
  });
}

test("isCi() is false in an empty environment and for other variables", () => {
  assertEquals([isCi({}), isCi({ PATH: "/bin", CIVIL: "1" })], [false, false]);
});

test("isCi() takes a mark that is empty, 0, false or undefined for not set", () => {
  const values = ["", "0", "false", "FALSE", undefined];
  assertEquals(values.map((CI) => isCi({ CI })), values.map(() => false));
});

test("isCi() without an argument looks at this process's environment", () => {
  const { CI } = process.env;
  try {
    process.env["CI"] = "1";
    assertEquals(isCi(), true);
  } finally {
    if (CI === undefined) delete process.env["CI"];
    else process.env["CI"] = CI;
  }
});
