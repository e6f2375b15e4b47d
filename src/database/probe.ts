import type { Connections } from "./connections.ts";
import type { Probe } from "./database.ts";

/** Asks the server on a connection of its own, made anew after each question that was not answered. */
export function createProbe(connections: Connections): Probe {
	let open: { ask(): Promise<unknown>; cut(): void } | undefined;

	function connect() {
		const { client, cut } = connections.unpooled("usage-gateway health");
		const connected = client.connect();
		return { ask: () => connected.then(() => client.query("select 1")), cut };
	}

	function close(): void {
		open?.cut();
		open = undefined;
	}

	return {
		answers: async (within) => {
			open ??= connect();
			const asked = open.ask().then(
				() => true,
				() => false,
			);
			let waiting: NodeJS.Timeout | undefined;
			const tooLong = new Promise<boolean>((resolve) => {
				waiting = setTimeout(resolve, within, false);
			});
			const answered = await Promise.race([asked, tooLong]);
			clearTimeout(waiting);
			if (!answered) close();
			return answered;
		},
		close,
	};
}
