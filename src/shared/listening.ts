import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exitCodes, Failure } from "./failure.ts";

/**
 * Listens on the port of the address, 0 for a free one, and returns the server's address as a URL without a path. Throws a
 * Failure, which names the variable that sets the port, when that cannot be.
 */
export function listening(http: Server, host: string, port: number, variable: string): Promise<string> {
	return new Promise((resolve, reject) => {
		http.once("error", (error: NodeJS.ErrnoException) => {
			const reason =
				error.code === "EADDRINUSE" ? `is in use. Stop what listens there, or set ${variable} to another one.` : `cannot be listened on: ${error.message}`;
			reject(new Failure(`Port ${port} on ${host} ${reason}`, exitCodes.portInUse));
		});
		http.listen(port, host, () => resolve(`http://${host.includes(":") ? `[${host}]` : host}:${(http.address() as AddressInfo).port}`));
	});
}

/** Tries whether the port can be listened on, before anything is done in vain. Throws a Failure as above when not. */
export async function refuseTakenPort(host: string, port: number): Promise<void> {
	const probe = createServer();
	await listening(probe, host, port, "PORT");
	await new Promise((resolve) => probe.close(resolve));
}
