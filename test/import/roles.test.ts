import { afterEach, describe, expect, test } from "vitest";
import type { ListName, Piece } from "../../src/import/source.ts";
import { urlSource } from "../../src/import/url.source.ts";
import { answering, failing } from "../waldur/faults.ts";
import { type Interception, startWaldur, type WaldurOptions } from "../waldur/waldur.ts";
import { id, type smallWorld, worldWith } from "./small-world.ts";

let stop: (() => Promise<unknown>) | undefined;
afterEach(async () => {
	await stop?.();
	stop = undefined;
});

const role = (role_name: string, scope: number) => ({ user_uuid: id(20), role_name, scope_uuid: id(scope), expiration_time: null });

const world = () =>
	worldWith({
		"customer-permissions": [role("CUSTOMER.OWNER", 11), role("Accountant", 11)],
		"project-permissions": [role("PROJECT.ADMIN", 30)],
		"offering-permissions": [role("OFFERING.MANAGER", 50)],
	}) as ReturnType<typeof smallWorld>;

const lists = ["customer-permissions", "project-permissions", "offering-permissions"] as const satisfies readonly ListName[];

async function started(options?: WaldurOptions, intercept?: Interception, records = world()) {
	const waldur = await startWaldur(records, intercept, options);
	stop = waldur.stop;
	return { ...waldur, source: urlSource(waldur.base, waldur.token, { pauses: [0] }) };
}

/** The names and scopes of the roles, and how the reading ended. */
async function rolesOf(pieces: AsyncIterable<Piece>) {
	const roles: unknown[] = [];
	let whole: boolean | undefined;
	for await (const piece of pieces) {
		for (const record of piece.records) roles.push(["role_name", "scope_uuid", "is_active"].map((field) => Reflect.get(Object(record), field)));
		if (piece.whole !== undefined) whole = piece.whole;
	}
	return { roles, whole };
}

const expected = {
	"customer-permissions": [
		["CUSTOMER.OWNER", id(11), undefined],
		["Accountant", id(11), undefined],
	],
	"project-permissions": [["PROJECT.ADMIN", id(30), undefined]],
	"offering-permissions": [["OFFERING.MANAGER", id(50), undefined]],
};

const undashed = ({ roles, whole }: Awaited<ReturnType<typeof rolesOf>>) => ({ roles: roles.map((one) => JSON.stringify(one).replaceAll("-", "")), whole });

describe.each([
	["with a list of all roles", true],
	["before it had that list", false],
])("of a Waldur %s", (_, userPermissions) => {
	test("the roles on each kind of object come, those with names of their own too", async () => {
		const { source } = await started({ userPermissions });
		for (const list of lists) {
			expect(undashed(await rolesOf(source.read(list)))).toEqual(undashed({ roles: expected[list], whole: true }));
		}
	});

	test("a role that was withdrawn does not come", async () => {
		const { source, state } = await started({ userPermissions });
		state.withdraw("project-permissions", id(20), "PROJECT.ADMIN", id(30));
		expect(await rolesOf(source.read("project-permissions"))).toEqual({ roles: [], whole: true });
	});
});

test("no request is sent for each object where all roles are in one list", async () => {
	const { source, requests } = await started();
	for (const list of lists) await rolesOf(source.read(list));
	expect(requests.map((request) => request.split("?")[0])).toEqual(lists.map(() => "/api/user-permissions/"));
});

test("the list of all roles is asked for once where it does not exist", async () => {
	const { source, requests } = await started({ userPermissions: false });
	for (const list of lists) await rolesOf(source.read(list));
	expect(requests.filter((request) => request.includes("/user-permissions/"))).toHaveLength(1);
});

test("an object that is deleted while its roles are read has none", async () => {
	const deleted: Interception = (request, response, state) =>
		request.url?.includes(`/customers/${id(10)}/list_users/`) === true && answering(404)(request, response, state);
	const { source } = await started({ userPermissions: false }, deleted);
	expect(undashed(await rolesOf(source.read("customer-permissions")))).toEqual(undashed({ roles: expected["customer-permissions"], whole: true }));
});

test("lists of objects that no object has are not taken for whole", async () => {
	const absent: Interception = (request, response, state) => request.url?.includes("/plan_periods/") === true && answering(404)(request, response, state);
	const { source } = await started({}, absent);
	expect((await rolesOf(source.read("resource-plan-periods"))).whole).toBe(false);
});

test("what changed of roles since a moment comes with those that were withdrawn", async () => {
	let now = new Date("2026-11-01T00:00:00Z");
	const { source, state } = await started({ now: () => now });
	now = new Date("2026-11-05T00:00:00Z");
	state.withdraw("customer-permissions", id(20), "CUSTOMER.OWNER", id(11));
	state.grant("customer-permissions", id(20), "CUSTOMER.MANAGER", id(11));
	const read = await rolesOf(source.read("customer-permissions", { since: new Date("2026-11-04T00:00:00Z") }));
	expect(undashed(read)).toEqual(
		undashed({
			roles: [
				["CUSTOMER.OWNER", id(11), false],
				["CUSTOMER.MANAGER", id(11), true],
			],
			whole: false,
		}),
	);
});

test("a list of all roles that fails for a while is not taken for absent", async () => {
	const { source, requests } = await started({}, failing("user-permissions", 1, answering(502)));
	expect((await rolesOf(source.read("project-permissions"))).roles).toHaveLength(1);
	expect(requests).toHaveLength(2);
});
