import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { pipeline } from "node:stream";

/** One address for several gateways of this computer, which come and go. */
export interface Balancer {
	readonly port: number;
	/** Where gateways listen: each new connection is for the next of them that takes it. */
	readonly ports: Set<number>;
	close(): Promise<void>;
}

export async function startBalancer(): Promise<Balancer> {
	const ports = new Set<number>();
	const open = new Set<Socket>();
	let turn = 0;

	/** Joins the connection to a gateway, or ends it when none takes it. */
	async function join(near: Socket): Promise<void> {
		for (let left = ports.size; left > 0; left--) {
			const far = await dialled([...ports][turn++ % ports.size]);
			if (far === undefined) continue;
			pipeline(near, far, () => {});
			pipeline(far, near, () => {});
			return;
		}
		near.destroy();
	}

	const server = createServer({ noDelay: true }, (near) => {
		open.add(near);
		near.on("error", () => {}).on("close", () => open.delete(near));
		void join(near);
	});
	await once(server.listen(0, "127.0.0.1"), "listening");
	return {
		port: (server.address() as AddressInfo).port,
		ports,
		close: async () => {
			const closed = new Promise((resolve) => server.close(resolve));
			for (const near of open) near.destroy();
			await closed;
		},
	};
}

/** A connection to the port, or undefined when nobody takes it. */
function dialled(port: number | undefined): Promise<Socket | undefined> {
	return new Promise((resolve) => {
		if (port === undefined) resolve(undefined);
		else {
			const far: Socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => resolve(far));
			far.on("error", () => resolve(undefined));
		}
	});
}
