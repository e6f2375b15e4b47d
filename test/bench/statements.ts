import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

/** Stands between a server and the database, and counts the statements that pass. */
export interface StatementCounter {
	/** The database's address, by way of the counter. */
	readonly url: string;
	/** How many statements have been run. */
	count(): number;
	stop(): void;
}

/** A message of PostgreSQL's protocol is a letter, its length in four bytes, and that much; the first one has no letter. */
const lengthBytes = 4;
const runs = new Set(["Q", "E"].map((letter) => letter.charCodeAt(0)));

export async function countStatements(databaseUrl: string): Promise<StatementCounter> {
	const database = new URL(databaseUrl);
	const sockets = new Set<Socket>();
	let count = 0;
	const server = createServer((client) => {
		const upstream = connect(Number(database.port), database.hostname);
		for (const socket of [client, upstream]) {
			sockets.add(socket);
			socket.on("error", () => {});
			socket.on("close", () => {
				client.destroy();
				upstream.destroy();
			});
		}
		const look = messageReader((letter) => {
			if (runs.has(letter)) count++;
		});
		client.on("data", look);
		client.pipe(upstream);
		upstream.pipe(client);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const url = new URL(databaseUrl);
	url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		url: url.href,
		count: () => count,
		stop: () => {
			server.close();
			for (const socket of sockets) socket.destroy();
		},
	};
}

/** Calls back with the letter of each message, the bytes of which may come in any pieces. */
function messageReader(message: (letter: number) => void): (data: Buffer) => void {
	let rest: Buffer = Buffer.alloc(0);
	let isFirst = true;
	return (data) => {
		rest = Buffer.concat([rest, data]);
		for (;;) {
			const letterBytes = isFirst ? 0 : 1;
			if (rest.length < letterBytes + lengthBytes) return;
			const end = letterBytes + rest.readInt32BE(letterBytes);
			if (rest.length < end) return;
			if (!isFirst) message(rest.readUInt8(0));
			isFirst = false;
			rest = rest.subarray(end);
		}
	};
}
