import { createHash, randomBytes } from "node:crypto";

/** A secret that signs a user in, as its owner holds it: prefix, 256 random bits, checksum. */
export type TokenText = string;

const prefix = "ugw_";
const issued = /^ugw_([A-Za-z0-9_-]{43})([0-9a-f]{8})$/;
/** Tokens of the demo world: they are in its database only. */
const demo = /^demo_[a-z]{1,20}$/;

export function newToken(random: (bytes: number) => Buffer = randomBytes): TokenText {
	const secret = random(32).toString("base64url");
	return `${prefix}${secret}${checksum(secret)}`;
}

/** Whether the text can be a token at all: a mistyped or cut one is refused without asking the database. */
export const isToken = (text: string): text is TokenText => isIssuedToken(text) || demo.test(text);

/** The same of those that a command has issued: nothing else looks like one. */
export function isIssuedToken(text: string): boolean {
	const [, secret, sum] = issued.exec(text) ?? [];
	return secret !== undefined && checksum(secret) === sum;
}

/** What is stored of a token: its SHA-256, in hex. A token has 256 random bits, so neither salt nor stretching would add to it. */
export const tokenHash = (token: TokenText): string => createHash("sha256").update(token).digest("hex");

/** The first characters, to recognise a token by in a list. */
export const tokenHint = (token: TokenText): string => token.slice(0, prefix.length + 6);

/** The token in an Authorization header or parameter: `Token <t>`, `Bearer <t>`, or `Bearer Token <t>` as Waldur's published client sends. Undefined when there is none of that form. */
export function tokenIn(authorization: string): TokenText | undefined {
	return /^(?:Token|Bearer(?: +Token)?) +(\S+)$/i.exec(authorization.trim())?.[1];
}

const checksum = (secret: string): string => createHash("sha256").update(`${prefix}${secret}`).digest("hex").slice(0, 8);
