/** How a subscription ended that had begun. */
export interface Ending {
	/** Its client ended it; it was ended, with a code; the service stopped; or its connection was lost or closed by the client. */
	readonly outcome: "completed" | "ended" | "stopped" | "gone";
	readonly code?: string;
}

export const completed: Ending = { outcome: "completed" };
export const stopped: Ending = { outcome: "stopped" };
export const gone: Ending = { outcome: "gone" };

export const endedWith = (code: string): Ending => ({ outcome: "ended", code });
