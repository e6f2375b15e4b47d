import type { Moment } from "../../src/domain/policy/policy.service.ts";

/** What a test's database holds at first: only the tables, or the demo world as of `demoMoment`. */
export const templates = ["empty", "demo"] as const;
export type Template = (typeof templates)[number];

/** When the tests' demo world was made. */
export const demoMoment: Moment = { now: new Date("2026-11-20T12:00:00.000Z"), timeZone: "UTC" };
