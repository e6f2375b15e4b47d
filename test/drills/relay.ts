import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** One address for a server that changes. */
export interface Relay {
	readonly port: number;
	/** Ends all connections, and passes later ones on to the port; to nobody without one. */
	to(port: number | undefined): void;
	close(): Promise<void>;
}

export async function startRelay(port?: number): Promise<Relay> {
	let target = port;
	const open = new Set<Socket>();
	const keep = (socket: Socket) => {
		open.add(socket);
		socket.on("error", () => {}).on("close", () => open.delete(socket));
	};
	const endAll = () => {
		for (const socket of open) socket.destroy();
	};
	const server = createServer({ noDelay: true }, (near) => {
		keep(near);
		if (target === undefined) return near.destroy();
		const far = connect({ port: target, host: "127.0.0.1", noDelay: true });
		keep(far);
		for (const [one, other] of [[near, far] as const, [far, near] as const]) {
			one.pipe(other);
			one.on("close", () => other.destroy());
		}
	});
	await once(server.listen(0, "127.0.0.1"), "listening");
	return {
		port: (server.address() as AddressInfo).port,
		to: (next) => {
			target = next;
			endAll();
		},
		close: async () => {
			const closed = new Promise((resolve) => server.close(resolve));
			target = undefined;
			endAll();
			await closed;
		},
	};
}
