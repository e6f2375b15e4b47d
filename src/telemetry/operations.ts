import { randomUUID } from "node:crypto";
import type { Ending } from "../shared/ending.ts";
import type { StatementWatch } from "../shared/metrics.ts";
import type { BeginOperation, OperationTrace, OperationType, RequestHeaders } from "../shared/operation-trace.ts";
import { type AnsweredOperation, type OverSubscription, outcomeOf } from "./answered.ts";
import { type OperationSpan, remoteSpan, type Tracing } from "./tracing.ts";

export interface Watchers {
	/** Called with each operation when it has been answered. */
	readonly tell?: ((answered: AnsweredOperation) => void) | undefined;
	/** Called with each subscription that had begun, when it is over. */
	readonly tellOver?: ((over: OverSubscription) => void) | undefined;
	readonly tracing?: Tracing | undefined;
}

/** Request ids that are taken as they come: others would let clients write what they like into the log. */
const sane = /^[\w.:-]{1,128}$/;

/** Makes the operations of a service, and calls the watchers with what became of them. */
export const createOperations =
	({ tell, tellOver, tracing }: Watchers = {}): BeginOperation =>
	({ requestId, traceparent }: RequestHeaders) =>
		new WatchedOperation(
			requestId !== undefined && sane.test(requestId) ? requestId : randomUUID(),
			{ tell, tellOver },
			traceparent,
			tracing?.begin(traceparent),
		);

class WatchedOperation implements OperationTrace {
	readonly requestId: string;
	readonly #begun = performance.now();
	readonly #watchers: Watchers;
	readonly #traceId: string | undefined;
	#span: OperationSpan | undefined;
	#type: OperationType | undefined;
	#name: string | undefined;
	#viewer: string | undefined;
	#cost: number | undefined;
	#statements = 0;
	#refusals: string[] | undefined;
	#state: "answering" | "answered" | "under way" = "answering";
	#over: { readonly ending: Ending; readonly events: number } | undefined;
	#isLeft = false;
	#onLeave: (() => void) | undefined;

	constructor(requestId: string, watchers: Watchers, traceparent: string | undefined, span: OperationSpan | undefined) {
		this.requestId = requestId;
		this.#traceId = span?.traceId ?? (watchers.tell && remoteSpan(traceparent)?.traceId);
		this.#watchers = watchers;
		this.#span = span;
	}

	identify(type: OperationType, name: string | undefined): void {
		this.#type = type;
		this.#name = name;
	}

	signedIn(username: string): void {
		this.#viewer = username;
	}

	readonly watch: StatementWatch = (statement, run) => {
		this.#statements++;
		return this.#span === undefined ? run() : this.#span.statement(statement.text, run);
	};

	observeCost(cost: number): void {
		this.#cost = cost;
	}

	refused(code: string): void {
		this.#refusals ??= [];
		this.#refusals.push(code);
	}

	end(codes: readonly string[]): void {
		if (this.#state !== "answering") return;
		this.#onLeave = undefined;
		const all = [...new Set([...(this.#refusals ?? []), ...codes])];
		this.#state = this.#type === "subscription" && all.length === 0 ? "under way" : "answered";
		const answered: AnsweredOperation = { ...this.#asFarAsKnown(), cost: this.#cost, codes: all, outcome: outcomeOf(all) };
		this.#span?.end(answered);
		this.#span = undefined; // a subscription goes on long after it has begun
		this.#watchers.tell?.(answered);
		if (this.#over !== undefined) this.over(this.#over.ending, this.#over.events);
	}

	over(ending: Ending, events: number): void {
		this.#over = { ending, events }; // it may be over before the client hears that it has begun
		if (this.#state !== "under way") return;
		this.#state = "answered";
		const { outcome, code } = ending;
		this.#watchers.tellOver?.({ ...this.#asFarAsKnown(), events, outcome, codes: code === undefined ? [] : [code] });
	}

	leave(): void {
		if (this.#state !== "answering") return;
		this.#isLeft = true;
		this.#onLeave?.();
		if (this.#type !== undefined) this.end(["CLIENT_CLOSED"]);
	}

	onLeave(left: () => void): void {
		if (this.#isLeft) left();
		else if (this.#state === "answering") this.#onLeave = left;
	}

	#asFarAsKnown() {
		return {
			requestId: this.requestId,
			traceId: this.#traceId,
			viewer: this.#viewer,
			type: this.#type,
			name: this.#name,
			statements: this.#statements,
			milliseconds: performance.now() - this.#begun,
		};
	}
}
