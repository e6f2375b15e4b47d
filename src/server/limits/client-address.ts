import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

/** Proxies whose X-Forwarded-For is believed. */
export interface Proxies {
	/** Whether the address is a proxy's. */
	includes(address: string | undefined): boolean;
}

/** The proxies with the addresses, or within the ranges such as 10.0.0.0/8. Throws for what is neither. */
export function proxiesAt(ranges: readonly string[]): Proxies {
	const list = new BlockList();
	for (const range of ranges) {
		const [network = "", prefix] = range.split("/");
		if (prefix === undefined) list.addAddress(network, familyOf(network));
		else list.addSubnet(network, /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN, familyOf(network));
	}
	return { includes: (address = "") => isIP(plain(address)) !== 0 && list.check(plain(address), familyOf(plain(address))) };
}

/** The address that a request comes from: the peer's, or, behind proxies, the last that they name and that is none of them. */
export function clientAddress({ socket, headers }: Pick<IncomingMessage, "socket" | "headers">, proxies: Proxies): string {
	const peer = plain(socket.remoteAddress ?? "");
	if (!proxies.includes(peer)) return peer;
	const named = String(headers["x-forwarded-for"] ?? "").split(",");
	for (const address of named.reverse().map((text) => text.trim())) {
		if (isIP(plain(address)) === 0) break; // what no proxy writes is the client's word
		if (!proxies.includes(address)) return plain(address);
	}
	return peer;
}

/** An IPv4 address that was written as one of IPv6, as it is. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "");

const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");
