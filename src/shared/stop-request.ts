/** That the process was asked to stop. */
export interface StopRequest {
	/** Resolves when a process manager asks with SIGTERM, or a user at a terminal with SIGINT. */
	readonly asked: Promise<"SIGTERM" | "SIGINT">;
	/** Resolves when there is no time to lose: at SIGINT, and at a second SIGTERM. */
	readonly urged: Promise<void>;
}

/** npm and timeout pass on a signal that the process got already: what follows so soon, in milliseconds, is the same request. */
const sameRequest = 500;

/** Listens to the requests to stop. Later ones end nothing by themselves. */
export function stopRequest(signals: Pick<NodeJS.EventEmitter, "on"> = process): StopRequest {
	let ask: (signal: "SIGTERM" | "SIGINT") => void = () => {};
	let urge: () => void = () => {};
	let since: number | undefined;
	const asked = new Promise<"SIGTERM" | "SIGINT">((resolve) => {
		ask = resolve;
	});
	const urged = new Promise<void>((resolve) => {
		urge = resolve;
	});
	for (const signal of ["SIGINT", "SIGTERM"] as const) {
		signals.on(signal, () => {
			if (signal === "SIGINT" || (since !== undefined && performance.now() - since > sameRequest)) urge();
			since ??= performance.now();
			ask(signal);
		});
	}
	return { asked, urged };
}

/** Resolves after so many milliseconds, or as soon as the stop is urged. */
export async function drained({ urged }: StopRequest, milliseconds: number): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const over = new Promise<void>((resolve) => {
		timer = setTimeout(resolve, milliseconds);
	});
	await Promise.race([over, urged]);
	clearTimeout(timer);
}
