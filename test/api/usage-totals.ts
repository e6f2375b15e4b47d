import { beforeAll } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { Decimal } from "../../src/shared/decimal.ts";
import { buildFixture } from "../support/fixture.ts";
import { type Answer, type Gateway, gatewayForFile } from "../support/gateway.ts";

/** Units by type: cores and memory are measured apart, and both kinds of disks alike. */
const units: Readonly<Record<string, string>> = { cpu: "h", ram: "GB", gb: "TB", tb: "TB" };

/** A gateway for the tests of a file, on the fixture with these units. */
export function measuredGatewayForFile(): () => Gateway {
	const gateway = gatewayForFile();
	beforeAll(async () => {
		const { database } = gateway();
		await buildFixture(database);
		for (const [type, unit] of Object.entries(units)) await database.rows(sql`update "OfferingComponent" set "measuredUnit" = ${unit} where "type" = ${type}`);
	});
	return gateway;
}

/** The keys of a group, as they are asked for. */
export const keysOf = {
	MONTH: "period",
	QUARTER: "period",
	YEAR: "period",
	CUSTOMER: "customer { uuid }",
	PROJECT: "project { uuid }",
	RESOURCE: "resource { uuid }",
	OFFERING: "offering { uuid }",
	PROVIDER: "provider { uuid }",
	CATEGORY: "category { uuid }",
	COMPONENT_TYPE: "componentType",
	USERNAME: "username",
} as const;

export type Dimension = keyof typeof keysOf;

export const dimensions = Object.keys(keysOf) as Dimension[];

/** The key that a record, or a part with its record, has: what a client that adds up itself would go by. */
export const keyOf: Readonly<Record<Dimension, (record: Answer, part: Answer) => string>> = {
	MONTH: ({ billingPeriod }) => billingPeriod,
	QUARTER: ({ billingPeriod }) => `${billingPeriod.slice(0, 5)}${String(Math.floor((Number(billingPeriod.slice(5, 7)) - 1) / 3) * 3 + 1).padStart(2, "0")}-01`,
	YEAR: ({ billingPeriod }) => `${billingPeriod.slice(0, 4)}-01-01`,
	CUSTOMER: ({ resource }) => resource.customer.uuid,
	PROJECT: ({ resource }) => resource.project.uuid,
	RESOURCE: ({ resource }) => resource.uuid,
	OFFERING: ({ resource }) => resource.offering.uuid,
	PROVIDER: ({ resource }) => resource.offering.provider.uuid,
	CATEGORY: ({ resource }) => resource.offering.category.uuid,
	COMPONENT_TYPE: ({ type }) => type,
	USERNAME: (_record, part) => part.username,
};

const recordFields =
	"usage type billingPeriod component { measuredUnit } resource { uuid customer { uuid } project { uuid } offering { uuid provider { uuid } category { uuid } } }";

/** Every record, or part, that the viewer can list. */
export async function listed(gateway: Gateway, token: string, list: "componentUsages" | "componentUserUsages"): Promise<Answer[]> {
	const fields = list === "componentUsages" ? recordFields : `usage username componentUsage { ${recordFields} }`;
	const found: Answer[] = [];
	for (let after: string | null = null, more = true; more; ) {
		const { page } = await gateway.ask(
			token,
			`query ($after: String) { page: ${list}(first: 100, after: $after) { nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`,
			{ after },
		);
		found.push(...page.nodes);
		after = page.pageInfo.endCursor;
		more = page.pageInfo.hasNextPage;
	}
	return found;
}

/** "keys unit total records" of each group that the listed records make, sorted. */
export function added(found: readonly Answer[], groupBy: readonly Dimension[]): string[] {
	const groups = new Map<string, { total: Decimal; records: number }>();
	for (const one of found) {
		const record = one.componentUsage ?? one;
		const key = [...groupBy.map((dimension) => keyOf[dimension](record, one)), record.component.measuredUnit].join(" ");
		const { total, records } = groups.get(key) ?? { total: new Decimal(0), records: 0 };
		groups.set(key, { total: total.plus(one.usage), records: records + 1 });
	}
	return [...groups].map(([key, { total, records }]) => `${key} ${total.toFixed()} ${records}`).sort();
}

/** The same as it is answered. */
export function answered(nodes: readonly Answer[], groupBy: readonly Dimension[]): string[] {
	const text = (value: string | { uuid: string }) => (typeof value === "string" ? value : value.uuid);
	return nodes
		.map((node) =>
			[...groupBy.map((dimension) => text(node[keysOf[dimension].split(" ")[0] as string])), node.measuredUnit, node.total, node.records].join(" "),
		)
		.sort();
}

export const amounts = "measuredUnit total records previousTotal change";

export async function totals(gateway: Gateway, token: string, groupBy: readonly Dimension[], more = "", fields = ""): Promise<Answer> {
	const keys = [...new Set(groupBy.map((dimension) => keysOf[dimension]))].join(" ");
	const document = `{ usageTotals(groupBy: [${groupBy}], first: 1000 ${more}) { totalCount ${fields} nodes { ${keys} ${amounts} } } }`;
	return (await gateway.ask(token, document)).usageTotals;
}
