import { setMaxListeners } from "node:events";
import type { Caller } from "../database/caller.ts";

/** One operation as the database knows it: whose it is, whether its client still waits, and what it took. */
export class OperationCaller implements Caller {
	readonly key: string;
	#abandoned: AbortController | undefined;
	#milliseconds = 0;
	#onTook: ((milliseconds: number) => void) | undefined;

	readonly viewer: string;
	readonly requestId: string | undefined;

	/** An operation of the token, which signs the viewer in. */
	constructor(token: string, viewer: string, requestId: string | undefined) {
		this.key = token;
		this.viewer = viewer;
		this.requestId = requestId;
	}

	/** The same for what several operations wait for: none of them may abandon it. */
	get together(): Caller {
		return { key: this.key, viewer: this.viewer, requestId: this.requestId, took: (milliseconds) => this.took(milliseconds) };
	}

	get abandoned(): AbortSignal | undefined {
		return this.#abandoned?.signal;
	}

	/** Marks it as writing nothing. Returns a function that ends its statements, for when its client no longer waits. */
	abandonable(): () => void {
		const controller = new AbortController();
		setMaxListeners(0, controller.signal); // each statement that runs or waits is one
		this.#abandoned = controller;
		return () => controller.abort();
	}

	took(milliseconds: number): void {
		this.#milliseconds += milliseconds;
		this.#onTook?.(this.#milliseconds);
	}

	/** Calls back with all that its statements took so far, after each of them. */
	onTook(told: (milliseconds: number) => void): void {
		this.#onTook = told;
	}
}
