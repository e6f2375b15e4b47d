/** What the processes of the benchmark send each other: a question's answer has its name. */
export interface Message {
	readonly name: string;
	readonly value?: unknown;
}

/** Answers the driver's questions of that name. */
export function answer<Value>(name: string, respond: (value: Value) => unknown): void {
	process.on("message", async (message: Message) => {
		if (message.name === name) tell(name, await respond(message.value as Value));
	});
}

/** Sends the driver what it may not have asked for. */
export function tell(name: string, value?: unknown): void {
	process.send?.({ name, value } satisfies Message);
}

/** A driver that is gone leaves nothing behind. */
process.on("disconnect", () => process.exit());
