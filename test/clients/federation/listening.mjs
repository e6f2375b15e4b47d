import { once } from "node:events";

/** Listens on a free port of this computer; returns its address. */
export async function listening(server) {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return `http://127.0.0.1:${server.address().port}/graphql`;
}
