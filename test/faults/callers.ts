import { setTimeout as pause } from "node:timers/promises";
import type { Answer } from "../support/gateway.ts";

/** The usernames whose parts are reported of each record. */
export const usernames = ["ada", "bob"];

/** Above it an amount exceeds the policy of its resource. */
export const limit = 1_000_000_000;

/** The amount of a resource's report of that number: no other has it, and every second one is above the limit. */
export const amountOf = (number: number): number => (number % 2 === 0 ? 2 * limit : 0) + number;

/** The idempotency key of a resource's report of that number, and those of its parts. */
export const keyOf = (resource: string, number: number, username?: string): string =>
	[resource, number, ...(username === undefined ? [] : [username])].join(" ");

/** Whoever reports the usage of one resource, which nobody else does: records and then parts, again and again. */
export interface Caller {
	readonly resource: string;
	/** How many reports, and how many calls with parts of them, it was acknowledged. Each call is repeated until it is. */
	readonly acknowledged: { readonly reports: number; readonly parts: number };
	/** Calls until the service is dead. Throws when it answers what it should not. */
	call(url: string, isDead: () => boolean): Promise<void>;
}

const setUsage = `mutation ($input: SetUsageInput!) { answer: setUsage(input: $input) {
	__typename ... on SetUsagePayload { componentUsages { uuid usage } } ... on Error { code message }
} }`;
const setUserUsages = `mutation ($input: [SetUserUsageInput!]!) { answer: setUserUsages(input: $input) {
	__typename ... on SetUserUsagesPayload { componentUserUsages { usage } } ... on Error { code message }
} }`;

/** Between two attempts while the database is out of reach, in milliseconds. */
const betweenAttempts = 20;

/** How one attempt of a call went. Moments are in milliseconds of this process. */
export interface Attempt {
	readonly begun: number;
	readonly ended: number;
	/** Whether it was done; otherwise the database could not be reached. */
	readonly isDone: boolean;
}

/** What is told of a caller's calls. */
export interface CallerEvents {
	readonly onAcknowledged?: () => void;
	readonly onAttempt?: (attempt: Attempt) => void;
}

export function callerOf(resource: string, token: string, { onAcknowledged, onAttempt }: CallerEvents): Caller {
	const acknowledged = { reports: 0, parts: 0 };
	let record = "";

	/** Asks until it is answered, and answers what it was answered; undefined when the service is dead. */
	async function acknowledgement(url: string, isDead: () => boolean, query: string, input: object): Promise<Answer> {
		while (!isDead()) {
			const begun = performance.now();
			const answer = await attempt(url, token, query, { input }).catch((error: unknown) => {
				if (!(error instanceof TypeError)) throw error;
				return undefined; // fetch: it is dead, which its parent is told a little later
			});
			if (answer !== undefined) onAttempt?.({ begun, ended: performance.now(), isDone: answer !== "unavailable" });
			if (answer !== undefined && answer !== "unavailable") return answer;
			await pause(betweenAttempts);
		}
		return undefined;
	}

	return {
		resource,
		acknowledged,
		call: async (url, isDead) => {
			while (!isDead()) {
				const isReport = acknowledged.reports === acknowledged.parts;
				const number = acknowledged.parts + 1;
				const usages = ["cpu", "ram"].map((type) => ({ type, amount: String(amountOf(number)) }));
				const parts = usernames.map((username) => {
					return { componentUsage: record, username, usage: String(number), idempotencyKey: keyOf(resource, number, username) };
				});
				const answer = isReport
					? await acknowledgement(url, isDead, setUsage, { resource, usages, idempotencyKey: keyOf(resource, number) })
					: await acknowledgement(url, isDead, setUserUsages, parts);
				if (answer === undefined) return;
				if (isReport) record = answer.componentUsages[0].uuid;
				acknowledged[isReport ? "reports" : "parts"]++;
				onAcknowledged?.();
			}
		},
	};
}

/** Asks once, and answers the field "answer". Throws when it is refused for another reason than a database that cannot be reached. */
export async function attempt(url: string, token: string, query: string, variables: object): Promise<Answer | "unavailable"> {
	const headers = { "content-type": "application/json", connection: "close", authorization: `Token ${token}` };
	const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
	const { data, errors }: Answer = await response.json();
	if (errors === undefined && !/Error$/.test(data.answer.__typename)) return data.answer;
	if (errors?.every(({ extensions }: Answer) => ["SERVICE_UNAVAILABLE", "STATEMENT_TIMEOUT"].includes(extensions.code))) return "unavailable";
	throw new Error(`The service answers ${JSON.stringify({ data, errors })}`);
}
