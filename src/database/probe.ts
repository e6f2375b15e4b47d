import type { Connections } from "./connections.ts";
import type { Probe } from "./database.ts";

/** A standby, or a server that was demoted or made read-only, responds and takes no changes. */
const writable = `select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as "readOnly"`;

/** Whether the server takes changes: not while `isFull` says that its disk is. Asks on a connection of its own, made anew after each question that failed. */
export function createProbe(connections: Connections, isFull: () => boolean): Probe {
	let open: { ask(): Promise<boolean>; cut(): void } | undefined;

	function connect() {
		const { client, cut } = connections.unpooled(" health");
		const connected = client.connect();
		const ask = async () => {
			await connected;
			const { rows } = await client.query<{ readOnly: boolean }>(writable);
			return rows[0]?.readOnly === false && !isFull();
		};
		return { ask, cut };
	}

	function close(): void {
		open?.cut();
		open = undefined;
	}

	return {
		answers: async (within) => {
			open ??= connect();
			const asked = open.ask().catch(() => false);
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
