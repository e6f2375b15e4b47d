import { get, harmless, post, type RawAttack, refused, stranger } from "./raw-attack.ts";

/** Tokens, and where they are written. */
export const tokens: readonly RawAttack[] = [
	...[
		"Token",
		"Token ",
		"Basic ZGVtbzpkZW1v",
		"Token demo_nobodyatall",
		"Token a b",
		"Token ' or '1'='1",
		"Bearer null",
		"Digest username=x",
		"Token demo_staff, Token demo_staff",
		`Token ${"x".repeat(12_000)}`,
		"Token __proto__",
		"Token %00",
		`Token ugw_${"A".repeat(43)}00000000`,
	].map(
		(authorization): RawAttack => ({
			what: `the token «${authorization.slice(0, 40)}»`,
			bytes: () => post(harmless, [`Authorization: ${authorization}`]),
			...stranger,
		}),
	),
	{ what: "a token in strange bytes", bytes: () => Buffer.from(post(harmless, ["Authorization: Token \xe9\xff\x80"]), "latin1"), ...stranger },
	{
		what: "two authorizations",
		bytes: (token) => post('{"query":"{ viewer { uuid } }"}', ["Authorization: Token demo_nobodyatall", `Authorization: Token ${token}`]),
		...stranger,
	},
	{ what: "a token in the URL", bytes: (token) => get(`query=%7Bviewer%7Buuid%7D%7D&token=${token}&Authorization=Token%20${token}`), ...refused },
	{
		what: "a token in a cookie",
		bytes: (token) => post('{"query":"{ viewer { uuid } }"}', [`Cookie: Authorization=Token ${token}; token=${token}`]),
		...stranger,
	},
];
