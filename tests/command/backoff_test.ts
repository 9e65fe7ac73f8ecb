import { assert, assertEquals, assertThrows } from "@std/assert";
import { checkBackoff, delayBefore, jittered } from "../../src/command/backoff.ts";
import { Storm } from "../../src/command/storm.ts";
import { test } from "../harness/mod.ts";

const MIDDLE = () => 0.5;

test("the waits are 200, 400, 800 ms and end at 30 s", () => {
  const backoff = checkBackoff({ jitter: false });
  const delays = [0, 1, 2, 7, 8, 5000].map((tries) => delayBefore(tries, backoff));
  assertEquals(delays, [200, 400, 800, 25_600, 30_000, 30_000]);
});

test("a factor of 1 keeps the wait, a backoff of 0 never waits", () => {
  assertEquals(delayBefore(9, checkBackoff({ backoff: 7, factor: 1, jitter: false })), 7);
  assertEquals(delayBefore(1_000_000, checkBackoff({ backoff: 0, jitter: false })), 0);
  assertEquals(delayBefore(1_000_000, checkBackoff({ backoff: 0 })), 0);
});

test("jitter multiplies by [0.5, 1.5), after the cap", () => {
  const backoff = checkBackoff({ backoff: 100, maxBackoff: 1000 });
  assertEquals(delayBefore(0, backoff, () => 0), 50);
  assertEquals(delayBefore(0, backoff, MIDDLE), 100);
  assertEquals(delayBefore(20, backoff, () => 0.999), 1499);
  const random = Array.from({ length: 10_000 }, () => jittered(1, true));
  assert(random.every((factor) => factor >= 0.5 && factor < 1.5));
  assert(Math.min(...random) < 0.55 && Math.max(...random) > 1.45, "all of the range is used");
});

test("durations that are negative or NaN, and shrinking factors, are refused", () => {
  for (const value of [-1, NaN]) {
    assertThrows(() => checkBackoff({ backoff: value }), RangeError);
    assertThrows(() => checkBackoff({ maxBackoff: value }), RangeError);
    assertThrows(() => checkBackoff({ factor: value }), RangeError);
    assertThrows(() => new Storm({ pause: value }), RangeError);
    assertThrows(() => new Storm({ pause: 1, halfLife: value }), RangeError);
    assertThrows(() => new Storm({ pause: 1, threshold: value }), RangeError);
  }
  assertThrows(() => checkBackoff({ factor: 0.5 }), RangeError);
  assertThrows(() => new Storm({ pause: 1, halfLife: 0 }), RangeError);
});

test("failures that come faster than they are forgotten are a storm, rare ones never", () => {
  const storm = new Storm({ pause: 1, threshold: 3, halfLife: 1000 });
  assertEquals([0, 0, 0, 0].map((now) => storm.failed(now)), [false, false, false, true]);
  assertEquals(storm.failed(0), false, "after a pause the score begins anew");
  const rare = new Storm({ pause: 1, threshold: 3, halfLife: 1000 });
  assertEquals(
    Array.from({ length: 100 }, (_, n) => rare.failed(n * 1000)).includes(true),
    false,
  );
});
