import { setUsage } from "../support/documents.ts";
import type { Answer } from "../support/gateway.ts";

/** Whoever reports the usage of one resource, which nobody else does. */
export interface Reporter {
	readonly resource: string;
	/** The last amount that a gateway acknowledged. */
	readonly acknowledged: string | undefined;
	/** Reports, as often as it takes until a gateway acknowledges it. */
	report(amount: string): Promise<void>;
}

/** Counts what all reporters together were acknowledged. */
export interface Count {
	add(): void;
	/** Resolves as soon as so many more have been counted. */
	more(number: number): Promise<void>;
}

export function startCount(): Count {
	let counted = 0;
	const waiting = new Map<() => void, number>();
	return {
		add: () => {
			counted++;
			for (const [resolve, number] of waiting) if (counted >= number) resolve();
		},
		more: async (number) => {
			let reached: () => void = () => {};
			const awaited = new Promise<void>((resolve) => {
				reached = resolve;
			});
			waiting.set(reached, counted + number);
			await awaited;
			waiting.delete(reached);
		},
	};
}

/** Between a gateway's end and its being noticed there are a few vain attempts; this many mean that nobody serves. */
const attempts = 200;

export function reporterOf(url: string, token: string, resource: string, count: Count): Reporter {
	let acknowledged: string | undefined;
	let reports = 0;
	return {
		resource,
		get acknowledged() {
			return acknowledged;
		},
		report: async (amount) => {
			const input = { resource, usages: [{ type: "cpu", amount }], idempotencyKey: `${resource} ${reports++}` };
			for (let attempt = 1; ; attempt++) {
				const answer = await asked(url, token, { input });
				if (answer.data?.setUsage.__typename === "SetUsagePayload") break;
				if (!answer.isPassing || attempt === attempts) throw new Error(`A report is not taken: ${JSON.stringify(answer)}`);
			}
			acknowledged = amount;
			count.add();
		},
	};
}

/** One attempt. What passes is a connection that breaks before its answer, and a database that is too busy to answer in time. */
async function asked(url: string, token: string, variables: object): Promise<Answer> {
	const headers = { "content-type": "application/json", connection: "close", authorization: `Token ${token}` };
	try {
		const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query: setUsage, variables }) });
		const { data, errors } = (await response.json()) as Answer;
		const codes: string[] = (errors ?? []).map(({ extensions }: Answer) => extensions?.code);
		return { data, errors, isPassing: codes.length > 0 && codes.every((code) => ["SERVICE_UNAVAILABLE", "INTERNAL_SERVER_ERROR"].includes(code)) };
	} catch (error) {
		return { broken: String(error), isPassing: true };
	}
}
