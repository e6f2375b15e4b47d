import { demoHandles } from "../../../src/world/demo.ts";

/** A text so many times, or what is made of each number. */
export const times = (count: number, text: string | ((index: number) => string), between = " "): string =>
	Array.from({ length: count }, (_, index) => (typeof text === "string" ? text : text(index))).join(between);

/** Longer than the text of a document may be. */
export const long = "x".repeat(200_000);
/** As long as the text of a document may be, nearly. */
export const longName = "x".repeat(30_000);

/** Of the demo, on which usage is reported. */
export const resource = demoHandles.resource;

/** A report, and what it is told with an amount that is written as JSON. */
export const report = "mutation ($input: SetUsageInput!) { setUsage(input: $input) { __typename ... on Error { code message path problems { message } } } }";
export const reportOf = (amount: string) => `{"input":{"resource":"${resource}","usages":[{"type":"${demoHandles.componentType}","amount":${amount}}]}}`;

/** What opens and closes so many times within itself. */
export const nested = (open: string, close: string, depth: number, inside = "") => open.repeat(depth) + inside + close.repeat(depth);

/** What the service writes as a cursor or an id of the value. */
export const cursor = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
