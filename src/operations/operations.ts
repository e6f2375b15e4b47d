import { randomUUID } from "node:crypto";
import type { StatementWatch } from "../shared/measures.ts";
import type { Asked, BeginOperation, Operation, OperationType } from "../shared/operation.ts";
import { type AnsweredOperation, outcomeOf } from "./answered.ts";
import type { OperationSpan, Tracing } from "./tracing.ts";

export interface Watchers {
	/** Told of each operation when it has been answered. */
	readonly tell?: ((answered: AnsweredOperation) => void) | undefined;
	readonly tracing?: Tracing | undefined;
}

/** Request ids that are taken as they come: others would let clients write what they like into the log. */
const sane = /^[\w.:-]{1,128}$/;

/** Makes the operations of a service, and tells the watchers what became of them. */
export const createOperations =
	({ tell, tracing }: Watchers = {}): BeginOperation =>
	({ requestId, traceparent }: Asked) =>
		new WatchedOperation(requestId !== undefined && sane.test(requestId) ? requestId : randomUUID(), tell, tracing?.begin(traceparent));

class WatchedOperation implements Operation {
	readonly requestId: string;
	readonly #begun = performance.now();
	readonly #tell: Watchers["tell"];
	#span: OperationSpan | undefined;
	#type: OperationType | undefined;
	#name: string | undefined;
	#viewer: string | undefined;
	#cost: number | undefined;
	#statements = 0;
	#refusals: string[] | undefined;
	#isEnded = false;
	#isLeft = false;
	#onLeave: (() => void) | undefined;

	constructor(requestId: string, tell: Watchers["tell"], span: OperationSpan | undefined) {
		this.requestId = requestId;
		this.#tell = tell;
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
		if (this.#isEnded) return;
		this.#isEnded = true;
		this.#onLeave = undefined;
		const all = [...new Set([...(this.#refusals ?? []), ...codes])];
		const answered: AnsweredOperation = {
			requestId: this.requestId,
			viewer: this.#viewer,
			type: this.#type,
			name: this.#name,
			cost: this.#cost,
			statements: this.#statements,
			milliseconds: performance.now() - this.#begun,
			codes: all,
			outcome: outcomeOf(all),
		};
		this.#span?.end(answered);
		this.#span = undefined; // a subscription goes on long after it has begun
		this.#tell?.(answered);
	}

	leave(): void {
		if (this.#isEnded) return;
		this.#isLeft = true;
		this.#onLeave?.();
		if (this.#type !== undefined) this.end(["CLIENT_CLOSED"]);
	}

	onLeave(left: () => void): void {
		if (this.#isLeft) left();
		else if (!this.#isEnded) this.#onLeave = left;
	}
}
