import { createServer, connect as dial, type Server, type Socket } from "node:net";

/** The way to a gateway for clients whose connections are to be lost. */
export interface Line {
	readonly url: string;
	/** How many connections there have been. */
	connections(): number;
	/** Ends all connections. */
	cut(): void;
	close(): void;
}

/** Opens one on a free port of loopback. */
export async function lineTo(url: string): Promise<Line> {
	const { port, pathname } = new URL(url);
	const open = new Set<Socket>();
	let made = 0;
	const server: Server = createServer((near) => {
		made++;
		const far = dial(Number(port), "127.0.0.1");
		for (const [one, other] of [[near, far] as const, [far, near] as const]) {
			open.add(one);
			one.pipe(other);
			one.on("error", () => {});
			one.on("close", () => {
				open.delete(one);
				other.destroy();
			});
		}
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	const nearPort = typeof address === "object" && address !== null ? address.port : 0;
	const cut = () => {
		for (const socket of open) socket.destroy();
	};
	return {
		url: `http://127.0.0.1:${nearPort}${pathname}`,
		connections: () => made,
		cut,
		close: () => {
			cut();
			server.close();
		},
	};
}
