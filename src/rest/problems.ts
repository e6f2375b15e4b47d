import type { GraphQLError } from "graphql";
import { Forbidden, NotFoundRefusal, type Problem, Refusal } from "../shared/refusal.ts";
import type { Json } from "./json.ts";

/** An answer that says what is wrong, in the shape that Django's REST framework has, and the code that the log and metrics count. */
export interface Trouble {
	readonly status: number;
	readonly code: string;
	readonly body: Json;
	readonly headers?: Readonly<Record<string, string>>;
}

/** The request is refused with this answer. */
export class Refused extends Error {
	readonly trouble: Trouble;

	constructor(trouble: Trouble) {
		super(trouble.code);
		this.trouble = trouble;
	}
}

const detail = (text: string): Json => ({ detail: text });

/** Fields or parameters with what is wrong with each. */
export const badFields = (fields: { readonly [name: string]: Json }): Refused => new Refused({ status: 400, code: "BAD_USER_INPUT", body: fields });

export const unreadable = (text: string): Refused => new Refused({ status: 400, code: "BAD_REQUEST", body: detail(text) });

export const absentHere = (text = "Not found."): Refused => new Refused({ status: 404, code: "NOT_FOUND", body: detail(text) });

export const unsignedIn = (): Refused =>
	new Refused({
		status: 401,
		code: "UNAUTHENTICATED",
		body: detail("Authentication credentials were not provided."),
		headers: { "www-authenticate": "Token" },
	});

export const wrongMethod = (method: string, allowed: readonly string[]): Refused =>
	new Refused({ status: 405, code: "BAD_REQUEST", body: detail(`Method "${method}" not allowed.`), headers: { allow: allowed.join(", ") } });

export const tooLarge = (bytes: number): Refused =>
	new Refused({
		status: 413,
		code: "BAD_REQUEST",
		body: detail(`A request has at most ${bytes / 1024} KB.`),
		headers: { connection: "close" },
	});

/** Nobody reads this answer: it is for the log. */
export const clientGone = (): Refused => new Refused({ status: 400, code: "CLIENT_CLOSED", body: detail("The body ended too early.") });

export const wrongMediaType = (): Refused =>
	new Refused({ status: 415, code: "BAD_REQUEST", body: detail("Send the body as JSON, with the header Content-Type: application/json.") });

/** What is thrown, as it is answered. `mask` makes an error of GraphQL of whatever is not of this wing, and reports our bugs. */
export function troubleOf(thrown: unknown, mask: (thrown: unknown) => GraphQLError): Trouble {
	if (thrown instanceof Refused) return thrown.trouble;
	if (thrown instanceof Refusal) return ofRefusal(thrown);
	const { message, extensions } = mask(thrown);
	const code = String(extensions["code"]);
	const retryAfter = extensions["retryAfter"];
	if (code === "UNAUTHENTICATED") return { status: 401, code, body: detail("Invalid token."), headers: { "www-authenticate": "Token" } };
	if (typeof retryAfter === "number") {
		const body = detail(`Request was throttled. Expected available in ${retryAfter} second${retryAfter === 1 ? "" : "s"}.`);
		return { status: 429, code, body, headers: { "retry-after": String(retryAfter) } };
	}
	return { status: statuses[code] ?? 500, code, body: detail(code === "TIMED_OUT" ? tookTooLong : message) };
}

const tookTooLong = "The request took longer than it may. A change may have been stored: look, or send it again.";

/** The status of an error by its code. */
export const statuses: Readonly<Record<string, number>> = {
	BAD_USER_INPUT: 400,
	BAD_REQUEST: 400,
	COST_LIMIT_EXCEEDED: 400,
	FORBIDDEN: 403,
	NOT_FOUND: 404,
	HOST_NOT_ALLOWED: 421,
	ORIGIN_NOT_ALLOWED: 403,
	RATE_LIMITED: 429,
	SERVICE_UNAVAILABLE: 503,
	STATEMENT_TIMEOUT: 503,
	TIMED_OUT: 503,
};

function ofRefusal(refusal: Refusal): Trouble {
	const [{ code, path }] = refusal.problems;
	if (refusal instanceof Forbidden) return { status: 403, code, body: detail(refusal.message) };
	if (refusal instanceof NotFoundRefusal) return { status: 404, code, body: detail(ofUrl.has(path.at(-1) ?? "") ? "Not found." : refusal.message) };
	return { status: 400, code, body: byField(refusal.problems) };
}

/** What the URL of a request names, not its body. */
const ofUrl: ReadonlySet<string> = new Set(["uuid", "componentUsage"]);

/** Names that differ by more than their letters' case. */
const otherNames: Readonly<Record<string, string>> = { componentLimits: "component_limits_set", externalUserEmails: "notify_external_user" };

const fieldName = (name: string): string => otherNames[name] ?? name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Messages, and what is below by name or place. */
interface Place {
	readonly messages: string[];
	readonly below: Map<string, Place>;
}

/** Messages where the fields are that they are about, as Django nests them; those about no field are "non_field_errors". */
function byField(problems: readonly Problem[]): Json {
	const root: Place = { messages: [], below: new Map() };
	for (const { message, path } of problems) {
		let place = root;
		for (const name of path.slice(1)) {
			const next = place.below.get(name) ?? { messages: [], below: new Map() };
			place.below.set(name, next);
			place = next;
		}
		place.messages.push(message);
	}
	return root.below.size === 0 ? { non_field_errors: root.messages } : nested(root);
}

function nested({ messages, below }: Place): Json {
	if (below.size === 0) return messages;
	const names = [...below.keys()];
	const own = messages.length === 0 ? [] : [["non_field_errors", messages] as const];
	if (own.length === 0 && names.every((name) => /^\d{1,4}$/.test(name))) {
		const last = Math.max(...names.map(Number));
		return Array.from({ length: last + 1 }, (_, index) => {
			const place = below.get(String(index));
			return place === undefined ? {} : nested(place);
		});
	}
	return Object.fromEntries([...own, ...[...below].map(([name, place]) => [fieldName(name), nested(place)] as const)]);
}
