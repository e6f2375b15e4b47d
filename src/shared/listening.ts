import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exitCodes, Failure } from "./failure.ts";

/**
 * Listens on the port of the address, 0 for a free one, and answers the server's address as a URL without a path. Throws a
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
