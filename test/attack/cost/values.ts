import { example } from "../../contract/indexes/marketplace.ts";
import type { Values } from "./documents.ts";

const text = (value: string) => JSON.stringify(value);
const globalId = (type: string, uuid: string) => text(Buffer.from(`${type}:${uuid}`).toString("base64"));

const list = (...values: readonly string[]) => JSON.stringify(values);
const nobody = "00000000-0000-4000-8000-000000000000";

/** What questions about the skewed marketplace filter by: much, little, and what it does not have. */
export const values: Values = {
	resource: [globalId("Resource", example.resource)],
	resourceUuid: [text(example.resource)],
	offeringUuid: [text(example.offering), text(nobody)],
	projectUuid: [text(example.project)],
	customerUuid: [text(example.customer)],
	resources: [list(example.resource), list(example.resource, nobody)],
	offerings: [list(example.offering), list(nobody), list(example.offering, nobody)],
	projects: [list(example.project)],
	customers: [list(example.customer, nobody)],
	type: [text("cpu"), text("gpu")],
	types: [list("cpu"), list("cpu", "gpu"), list("gpu")],
	billingPeriodFrom: [text("2024-03-10"), text("2035-01-01")],
	billingPeriodTo: [text("2026-05-10"), text("2010-01-01")],
	billingPeriod: [text("2025-03-01"), text("2035-01-01")],
	billingPeriodYear: ["2024", "2026", "1999"],
	billingPeriodMonth: ["1", "12"],
	dateAfter: [text("2024-03-10"), text("2030-01-01")],
	dateBefore: [text("2026-05-10"), text("2010-01-01")],
	username: [text("batch"), text("worker-42"), text("user-1234"), text("nobody"), text("orker")],
};

/** Objects whose lists are asked for. */
export const ids = { Resource: globalId("Resource", example.resource), ComponentUsage: globalId("ComponentUsage", example.usage) };

/** Numbers from 0 to 1, the same for the same seed. */
export function randomOf(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}
