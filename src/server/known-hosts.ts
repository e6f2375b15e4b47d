import type { IncomingMessage } from "node:http";
import type { GraphQLError } from "graphql";
import { hostNotAllowed, originNotAllowed } from "../graphql/errors.ts";

/** Names by which a service is called from its own computer. */
const loopback: readonly string[] = ["localhost", "127.0.0.1", "::1"];

export interface KnownHosts {
	/** Names and addresses by which the service may be called, besides those of loopback; any when absent. */
	readonly hosts?: readonly string[] | undefined;
	/** Other origins whose pages may ask. */
	readonly origins: readonly string[];
}

/** Why a request is refused, with its status. */
export interface ForeignRequest {
	readonly status: 403 | 421;
	readonly error: GraphQLError;
}

/**
 * Finds requests that a page of another site makes of this service. Where the hosts are known, a name that was made to lead
 * here (DNS rebinding) is refused, and so is the page of an origin that is neither the host itself nor allowed.
 */
export function foreignRequests({ hosts, origins }: KnownHosts): (request: Pick<IncomingMessage, "headers">) => ForeignRequest | undefined {
	if (hosts === undefined) return () => undefined;
	const known = new Set([...loopback, ...hosts].map((host) => host.toLowerCase()));
	return ({ headers: { host, origin } }) => {
		// A browser always sends one.
		if (host !== undefined && !known.has(nameIn(host))) return { status: 421, error: hostNotAllowed() };
		return isWelcome(origin, host, origins) ? undefined : { status: 403, error: originNotAllowed() };
	};
}

/** Whether a page of the origin may ask: of this service, or of one that is allowed. What is no page has no origin. */
export function isWelcome(origin: string | undefined, host: string | undefined, origins: readonly string[]): boolean {
	return origin === undefined || origins.includes(origin) || (URL.canParse(origin) && new URL(origin).host === host?.toLowerCase());
}

/** The name or address in a Host header, in lower case and without its port; nothing when it is none. */
function nameIn(host: string): string {
	const [, address, name] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/i.exec(host) ?? [];
	return (address ?? name ?? "").toLowerCase();
}
