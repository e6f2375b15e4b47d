import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** Serves on a free port of loopback until the process is told to stop, and prints where. */
export function serve(listener: RequestListener): void {
	const server = createServer(listener);
	server.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql\n`));
	process.on("SIGTERM", () => process.exit(0));
}
