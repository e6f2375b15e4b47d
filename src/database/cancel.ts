import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";

/** What a server knows a connection as: the driver's types leave it out. */
interface Cancellable extends pg.ClientBase {
	readonly processID: number | null;
	readonly secretKey: number | null;
	/** The server that it is connected to. */
	readonly host: string;
	readonly port: number;
}

/** A connection that is made only to cancel what runs on another one. */
interface CancelConnection extends pg.Connection {
	connect(portOrPath: number | string, host?: string): void;
	requestSsl(): void;
	cancel(processID: number | null, secretKey: number | null): void;
}

/** A client that is not connected yet, and whose connection can be cut. */
interface Unpooled {
	readonly client: pg.Client;
	cut(): void;
}

/** Between two requests to cancel, in milliseconds: one that comes before its statement has begun does nothing. */
const betweenRequests = 100;

/**
 * Asks the server to cancel what runs on the connection until `ended` says that it has ended. Returns whether the connection can
 * be used further: the server closes the request's own connection when it has passed the request on, and until then it could
 * meet the next statement. False when the server did not close it within that many milliseconds.
 */
export async function cancelUntil(ended: () => boolean, on: pg.ClientBase, connect: () => Unpooled, within: number): Promise<boolean> {
	for (;;) {
		if (!(await passedOn(on as Cancellable, connect(), within))) return false;
		if (ended()) return true;
		await pause(betweenRequests);
		if (ended()) return true;
	}
}

/** Sends one request. Returns whether the server has closed its connection, as it does when the request is passed on. */
function passedOn({ processID, secretKey, host, port }: Cancellable, { client, cut }: Unpooled, within: number): Promise<boolean> {
	const connection = client.connection as CancelConnection;
	const { sslNegotiation } = client as pg.Client & { sslNegotiation?: string };
	return new Promise((resolve) => {
		let isSent = false;
		const finish = (passed: boolean) => {
			clearTimeout(tooLong);
			cut();
			resolve(passed);
		};
		const tooLong = setTimeout(() => finish(false), within);
		const send = () => {
			connection.cancel(processID, secretKey);
			isSent = true;
		};
		connection.on("connect", () => {
			if (!client.ssl) send();
			else if (sslNegotiation !== "direct") connection.requestSsl();
		});
		connection.on("sslconnect", send);
		connection.on("error", () => finish(isSent)); // of a server that closes without a word
		connection.on("end", () => finish(isSent));
		if (host.startsWith("/")) connection.connect(`${host}/.s.PGSQL.${port}`);
		else connection.connect(port, host);
	});
}
