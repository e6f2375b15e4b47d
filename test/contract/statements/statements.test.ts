import { describe, expect, test } from "vitest";
import { sql } from "../../../src/database/sql.ts";
import { demoHandles } from "../../../src/world/demo.ts";
import { setUsage } from "../../support/documents.ts";
import { type Answer, gatewayForFile } from "../../support/gateway.ts";
import { makeProvider } from "../../support/provider.ts";
import { connectRaw } from "../../support/raw-sockets.ts";
import { withoutListSizes } from "../../support/statement-texts.ts";

const gateway = gatewayForFile({ template: "demo" });

const nestedGraph = `query NestedGraph($first: Int!) {
	resources(first: $first) {
		nodes {
			name
			offering { name category { title } components { type name } }
			project { name customer { name } }
			componentUsages(first: 10, filter: { billingPeriod: "2026-10-01" }) {
				nodes { usage component { name measuredUnit } userUsages(first: 5) { nodes { username usage } } }
			}
		}
	}
}`;

/** The demo's resource and its latest usages, copied a hundred times. */
async function addResources(): Promise<void> {
	await gateway().database.rows(sql`
		with copies as (
			insert into "Resource" ("name", "state", "offeringUuid", "projectUuid", "customerUuid", "planUuid")
			select 'a copy ' || number, "state", "offeringUuid", "projectUuid", "customerUuid", "planUuid"
			from "Resource", generate_series(1, 100) number where "uuid" = ${demoHandles.resource}::uuid
			returning "uuid"
		), usages as (
			insert into "ComponentUsage" ("resourceUuid", "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "type", "usage", "date", "billingPeriod")
			select copies."uuid", u."componentUuid", u."offeringUuid", u."projectUuid", u."customerUuid", u."type", u."usage", u."date", u."billingPeriod"
			from copies, "ComponentUsage" u where u."resourceUuid" = ${demoHandles.resource}::uuid and u."billingPeriod" = '2026-10-01'
			returning "uuid"
		)
		insert into "ComponentUserUsage" ("componentUsageUuid", "username", "usage") select "uuid", 'someone', 1 from usages
	`);
}

test("the nested graph costs the same few statements for 5 and for 100 resources", async () => {
	await addResources();
	let read = 0;
	const of = (first: number) =>
		gateway().statementsOf(async () => {
			const { resources } = await gateway().ask("demo_staff", nestedGraph, { first });
			read = resources.nodes.filter(({ componentUsages }: Answer) =>
				componentUsages.nodes.some(({ userUsages }: Answer) => userUsages.nodes.length > 0),
			).length;
		});
	const five = await of(5);
	const hundred = await of(100);

	expect(read).toBeGreaterThan(90);
	const withoutSizes = (texts: string[]) => texts.map((text) => text.replaceAll(/limit \d+/g, "limit …"));
	expect(withoutSizes(hundred)).toEqual(withoutSizes(five));
	expect(five).toHaveLength(5);
});

test("the matrix of twelve months costs two statements for any number of resources, besides the viewer's", async () => {
	const matrix = `{ resources(first: 50) { nodes { name usageSeries(from: "2025-12-01", to: "2026-11-30") { type points { billingPeriod usage } } } } }`;
	expect(await gateway().statementsOf(() => gateway().ask("demo_staff", matrix))).toHaveLength(3);
});

describe("rows that are asked for by uuid at the same moment", () => {
	const rowDocument = "query ($uuid: UUID!) { resource(uuid: $uuid) { name } }";

	/** The names of the rows that each viewer is answered, null for what they do not see; all asked at once, each viewer on one connection. */
	async function namesOf(viewers: readonly string[], uuids: readonly string[]) {
		// From the second time on, the document has a plan.
		for (let time = 0; time < 2; time++) await gateway().send("demo_staff", rowDocument, { uuid: uuids[0] });
		const sockets = await Promise.all(viewers.map((viewer) => connectRaw(gateway().url, viewer)));
		const names: unknown[][] = [];
		const statements = await gateway().statementsOf(async () => {
			for (const socket of sockets) for (const [index, uuid] of uuids.entries()) socket.subscribe(`${index}`, rowDocument, { uuid });
			const answers = sockets.map((socket) => Promise.all(uuids.map((_, index) => socket.received(({ id }) => id === `${index}`))));
			for (const answered of await Promise.all(answers)) {
				names.push(answered.map(({ payload }) => payload.data.resource?.name ?? payload.errors[0].extensions.code));
			}
		});
		for (const socket of sockets) socket.close();
		return { names, reads: statements.filter((text) => text.includes('"Resource"')).length };
	}

	test("are read by one statement for all operations that one look-up of the token signed in", async () => {
		await addResources();
		const rows = await gateway().database.rows<{ uuid: string; name: string }>(sql`select "uuid", "name" from "Resource" order by random() limit 20`);
		const { names, reads } = await namesOf(
			["demo_staff"],
			rows.map(({ uuid }) => uuid),
		);
		expect(names).toEqual([rows.map(({ name }) => name)]);
		expect(reads).toBeLessThanOrEqual(3); // a message may come in a turn of its own
	});

	test("are read for each viewer by themselves, who are answered what they see", async () => {
		const provider = await makeProvider(gateway());
		const [theirs, missing] = [await provider.resource(), "00000000-0000-4000-8000-000000000000"];
		const { names } = await namesOf(["demo_staff", "demo_member", provider.token], [theirs, missing, theirs]);
		const name = expect.stringMatching(/^(?!NOT_FOUND)/);
		expect(names).toEqual([
			[name, "NOT_FOUND", name],
			["NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
			[name, "NOT_FOUND", name],
		]);
	});
});

test("a list is counted only when its count is asked for", async () => {
	const of = (fields: string) => gateway().statementsOf(() => gateway().ask("demo_staff", `{ resources(first: 1) { ${fields} } }`));
	expect((await of("nodes { name }")).filter((text) => text.includes("count("))).toHaveLength(0);
	expect((await of("nodes { name } totalCount")).filter((text) => text.includes("count("))).toHaveLength(1);
});

describe("a report", () => {
	/** The statements of a report of the components, on an offering with as many policies on each of them. */
	async function statementsOf(types: readonly string[], policies: number): Promise<string[]> {
		const provider = await makeProvider(gateway());
		for (const type of types) await provider.component(type);
		const limits = Object.fromEntries(types.map((type) => [type, 1_000]));
		for (let made = 0; made < policies; made++) await provider.policy({ limits, period: made % 2 === 0 ? "TOTAL" : "TWELVE_MONTHS" });
		await provider.begin("2026-11-01");
		const input = { resource: await provider.resource(), usages: types.map((type) => ({ type, amount: "5" })) };
		return gateway().statementsOf(async () => {
			const { setUsage: stored } = await gateway().ask(provider.token, setUsage, { input });
			expect(stored.componentUsages).toHaveLength(types.length);
		});
	}

	test("costs the same few statements for one component and for four, under one policy and under three", async () => {
		const of = async (types: string[], policies: number) => withoutListSizes(await statementsOf(types, policies));
		const one = await of(["cpu"], 1);
		expect(await of(["cpu", "ram", "disk", "net"], 3)).toEqual(one);
		expect(one).toHaveLength(8);
	});

	test("holds up other reports of its offering for three of them: it stores, evaluates the policies, and appends to the log", async () => {
		const statements = await statementsOf(["cpu", "ram"], 3);
		const locked = statements.findIndex((text) => text.includes("pg_advisory_xact_lock("));
		const appended = statements.findIndex((text) => text.includes('insert into "LogEntry"'));
		expect([locked > 0, appended - locked]).toEqual([true, 3]);
	});

	test("evaluates the policies without reading the records again", async () => {
		const evaluating = (await statementsOf(["cpu"], 1)).filter((text) => text.includes('"OfferingUsagePolicyComponentLimit"'));
		expect(evaluating).toHaveLength(1);
		expect(evaluating.filter((text) => text.includes('"ComponentUsage"'))).toEqual([]);
	});
});
