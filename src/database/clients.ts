import { Socket } from "node:net";
import pg from "pg";
import { clientConfigs } from "./client-config.ts";
import type { DatabaseAddress, ServerHost } from "./database-url.ts";
import { aim, createServerChoice, serves } from "./server-choice.ts";
import { unavailable } from "./unavailable.ts";

/** How this process connects to the server of an address; of several, to the one that is as wanted. */
export interface Clients {
	/** Whether there are several servers, of which another one may be as wanted later. */
	readonly isChosen: boolean;
	/** What is open, or about to be. */
	readonly sockets: ReadonlySet<Socket>;
	/** One more, that is not connected yet. */
	socket(): Socket;
	/** Clients that connect over these streams, to the chosen server, in so many milliseconds. Each is configured when it is made: the pool does not do it. */
	over(stream: () => Socket, connectionTimeoutMillis?: number): new (config?: pg.ClientConfig) => pg.Client;
}

/** A client has `connectWait` milliseconds to connect, unless it is said otherwise; `limits` go for what asks servers how they are. */
export function createClients(address: DatabaseAddress, connectWait: number, limits: pg.ClientConfig): Clients {
	const configured = clientConfigs(address);
	const { hosts, wanted } = address;
	const sockets = new Set<Socket>();

	function socket(): Socket {
		const opened = new Socket();
		sockets.add(opened);
		opened.once("close", () => sockets.delete(opened));
		return opened;
	}

	/** Of each new connection, which server it is for; undefined when there is only one. */
	const choose =
		wanted &&
		createServerChoice(hosts, async (server, milliseconds) => {
			const bounds = { ...limits, connectionTimeoutMillis: milliseconds, query_timeout: milliseconds };
			const client = new pg.Client({ ...bounds, ...configured(server, socket) } as pg.ClientConfig);
			client.on("error", () => {}); // its statements throw it
			try {
				await client.connect();
				return await serves(client, wanted);
			} finally {
				void client.end().catch(() => {}); // it may be lost
			}
		});

	const over = (stream: () => Socket, connectionTimeoutMillis = connectWait): (new (config?: pg.ClientConfig) => pg.Client) =>
		class extends pg.Client {
			constructor(config?: pg.ClientConfig) {
				super({ ...config, ...configured(hosts[0], stream, config), connectionTimeoutMillis } as pg.ClientConfig);
			}

			override connect(): Promise<this>;
			override connect(connected: (error: Error | null) => void): void;
			override connect(connected?: (error: Error | null) => void): Promise<this> | undefined {
				const connecting = choose === undefined ? super.connect() : choose(connectionTimeoutMillis).then((server) => this.#connectTo(server));
				if (connected === undefined) return connecting.then(() => this);
				connecting.then(() => connected(null), connected);
				return undefined;
			}

			#connectTo(server: ServerHost): Promise<unknown> {
				if ((this.connection.stream as Socket).destroyed) throw unavailable("timeout exceeded when trying to connect"); // given up meanwhile
				if (server !== hosts[0]) aim(this, server);
				return super.connect();
			}
		};

	return { isChosen: choose !== undefined, sockets, socket, over };
}
