import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import type { Client } from "graphql-ws";
import { expect, test } from "vitest";
import { makeFirings } from "../support/firings.ts";
import { type Data, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connect, type Events, subscribe, subscribeAsBrowser, subscribeOverSse } from "../support/sockets.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });

const runs = Number(process.env["CHAIN_RUNS"] ?? 5);

const document = `subscription ($after: String, $offering: UUID) {
	policyFirings(after: $after, filter: { offeringUuid: $offering }) { ... on PolicyFiringEvent { previous position } }
}`;

const transports = ["WebSocket", "server-sent events", "EventSource"] as const;

/** What happens next: firings of one provider, which others do not see; or one subscriber reads, or goes on elsewhere. */
const step = fc.oneof(
	fc.record({ kind: fc.constant("fire" as const), provider: fc.nat(1), count: fc.integer({ min: 1, max: 3 }) }),
	fc.record({ kind: fc.constant("read" as const), who: fc.nat(3), count: fc.integer({ min: 1, max: 4 }) }),
	fc.record({ kind: fc.constant("goOn" as const), who: fc.nat(3), transport: fc.constantFrom(...transports), back: fc.nat(5) }),
	fc.record({ kind: fc.constant("beginLive" as const), who: fc.nat(3), transport: fc.constantFrom(...transports) }),
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Two providers, and what the log has of them. */
interface Log {
	readonly providers: readonly Provider[];
	readonly entries: { readonly position: string; readonly provider: number }[];
	fire(provider: number, count: number): Promise<void>;
}

/** Somebody who sees the firings of some of the providers, and follows them on one connection after another. */
class Subscriber {
	readonly #log: Log;
	readonly #sees: readonly number[];
	readonly #token: string;
	readonly #variables: Data;
	/** Where it began, and all that it has received and counts as such; where it began is not known of a live one before its first event. */
	#chain: string[];
	/** What it was told first when it last began live. */
	#first: string | undefined;
	#events: Events | undefined;
	#client: Client | undefined;

	constructor(log: Log, sees: readonly number[], token: string, start: string, offering?: string) {
		this.#log = log;
		this.#sees = sees;
		this.#token = token;
		this.#variables = offering === undefined ? {} : { offering };
		this.#chain = [start];
	}

	/** Goes on from one of the last positions that it has: what it has received after that does not count. */
	async goOn(transport: (typeof transports)[number], back: number): Promise<void> {
		this.leave();
		this.#chain.length = Math.max(1, this.#chain.length - back);
		await this.#follow(transport, this.#chain.at(-1));
	}

	/** Begins anew, with what comes from now on; makes somebody fire whom it sees until it is told so. */
	async beginLive(transport: (typeof transports)[number]): Promise<void> {
		this.leave();
		const events = await this.#follow(transport, undefined);
		let isTold = false;
		const first = events.next().finally(() => {
			isTold = true;
		});
		while (!isTold) {
			await this.#log.fire(this.#sees[0] ?? 0, 1);
			await nextTurn(); // the embedded database answers without waiting: the subscriber would never come to its turn
		}
		const { previous, position } = (await first).policyFirings;
		this.#chain = [previous, position];
		this.#first = position;
	}

	/** Reads some of what there is for it. */
	async read(count: number): Promise<void> {
		if (this.#events === undefined) return;
		for (let left = Math.min(count, this.#left().length); left > 0; left--) {
			const { previous, position } = (await this.#events.next()).policyFirings;
			expect(previous).toBe(this.#chain.at(-1));
			this.#chain.push(position);
		}
	}

	/** Everything after where it began was received once and in the order of the log. */
	async expectAll(): Promise<void> {
		if (this.#events === undefined) await this.goOn("WebSocket", 0);
		await this.read(Number.POSITIVE_INFINITY);
		expect(this.#chain.slice(1)).toEqual(this.#after(this.#chain[0]));
		expect(this.#left()).toEqual([]);
		// And where it began is the place before the first of them: nobody who goes on from there is told of another one.
		const [start, ...received] = this.#chain;
		await this.goOn("WebSocket", Number.POSITIVE_INFINITY);
		await this.read(Number.POSITIVE_INFINITY);
		expect(this.#chain).toEqual([start, ...received]);
	}

	leave(): void {
		this.#events?.stop();
		this.#events = undefined;
		void this.#client?.dispose();
		this.#client = undefined;
	}

	/** What it sees after a position that it was given. Where it began live has a text of its own, and is before the first that it was told of. */
	#after(position: string | undefined): string[] {
		const placeOf = (text: string | undefined) => this.#log.entries.findIndex((entry) => entry.position === text);
		const own = placeOf(position);
		const place = own < 0 ? placeOf(this.#first) - 1 : own;
		return this.#log.entries.slice(place + 1).flatMap(({ position: own, provider }) => (this.#sees.includes(provider) ? [own] : []));
	}

	#left(): string[] {
		return this.#after(this.#chain.at(-1));
	}

	async #follow(transport: (typeof transports)[number], after: string | undefined): Promise<Events> {
		const { url } = gateway();
		const variables = { ...this.#variables, ...(after === undefined ? {} : { after }) };
		if (transport === "WebSocket") {
			this.#client = await connect(url, this.#token);
			this.#events = subscribe(this.#client, document, variables);
		} else {
			const open = transport === "EventSource" ? subscribeAsBrowser : subscribeOverSse;
			this.#events = await open(url, this.#token, document, variables);
		}
		return this.#events;
	}
}

async function run(steps: readonly Step[]): Promise<void> {
	const providers = [await makeProvider(gateway()), await makeProvider(gateway())] as const;
	const entries: Log["entries"] = [];
	const fire = async (provider: number, count: number) => {
		const offering = providers[provider]?.offering ?? "";
		for (const position of await makeFirings(gateway().database, offering, count)) entries.push({ position, provider });
	};
	const log: Log = { providers, entries, fire };
	await fire(1, 1);
	const start = entries[0]?.position ?? "";
	const staff = await providers[0].staffToken();
	const subscribers = [
		new Subscriber(log, [0], providers[0].token, start),
		new Subscriber(log, [1], providers[1].token, start),
		new Subscriber(log, [0, 1], staff, start),
		new Subscriber(log, [0], staff, start, providers[0].offering),
	];
	try {
		for (const step of steps) {
			if (step.kind === "fire") await fire(step.provider, step.count);
			else if (step.kind === "read") await subscribers[step.who]?.read(step.count);
			else if (step.kind === "goOn") await subscribers[step.who]?.goOn(step.transport, step.back);
			else await subscribers[step.who]?.beginLive(step.transport);
		}
		for (const subscriber of subscribers) await subscriber.expectAll();
	} finally {
		for (const subscriber of subscribers) subscriber.leave();
	}
}

test("whatever is told to whom, and wherever they go on, each receives what it sees once and in order, and its chain of positions holds", async () => {
	const steps = fc.array(step, { minLength: 20, maxLength: 40, size: "max" });
	await fc.assert(fc.asyncProperty(steps, run), { numRuns: runs, seed: 14, endOnFailure: true });
}, 600_000);
