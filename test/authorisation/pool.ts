import { getNamedType, isEnumType } from "graphql";
import type { VisibleModel } from "../../src/access/visibility.ts";
import { schema } from "../../src/schema.ts";
import { typeNamed } from "../support/fixture.fields.ts";
import { nodeId, type Thing, uuidOf } from "../support/fixture.rows.ts";
import type { Answer } from "../support/gateway.ts";
import type { Pool } from "./generator.ts";

/** Answers an operation as staff. */
type AskAsStaff = (document: string, variables?: Record<string, unknown>) => Promise<Answer>;

/** What lists cannot be asked without; totals are of one unit and compared, to be asked for in every order. */
const requiredArguments: Readonly<Record<string, readonly string[]>> = {
	customerQuotas: ["quotaName: OS_CPU_COUNT"],
	usageTotals: [
		"groupBy: [CUSTOMER, MONTH]",
		'filter: { types: ["cpu"], billingPeriodFrom: "2026-01-01", billingPeriodTo: "2026-12-31" }',
		"comparePrevious: true",
	],
};

/** Everything that can be named: all that stands in the fixture, and the cursors and positions that staff is answered. */
export async function poolOf(things: readonly Thing[], askAsStaff: AskAsStaff): Promise<Pool> {
	const uuids: Partial<Record<VisibleModel, string[]>> = {};
	for (const { model, name } of things) uuids[model] = [...(uuids[model] ?? []), uuidOf(model, name)];
	const scopes = [nodeId("Customer", uuidOf("Customer", "north")), nodeId("Customer", uuidOf("Customer", "south")), nodeId("Project", uuidOf("Project", "s2"))];
	const totals: string[] = [];
	const cursors: Record<string, string[]> = {};
	const keep = (type: string, page: Answer) => {
		cursors[type] = [...(cursors[type] ?? []), ...page.edges.map(({ cursor }: { cursor: string }) => cursor)];
	};
	for (const scope of scopes) {
		const { page } = await askAsStaff("query ($scope: ID!) { page: categoryComponentUsages(scope: $scope) { edges { cursor node { id } } } }", { scope });
		keep("CategoryComponentUsageConnection", page);
		totals.push(...page.edges.map(({ node }: { node: { id: string } }) => node.id));
	}
	for (const { name, args, type } of Object.values(typeNamed("Query").getFields())) {
		const connection = getNamedType(type).name;
		if (!connection.endsWith("Connection") || name === "categoryComponentUsages") continue;
		const orderType = args.find((arg) => arg.name === "orderBy")?.type;
		const orderField = orderType === undefined ? [] : orderFields(orderType.toString());
		const given = requiredArguments[name] ?? [];
		for (const orderBy of [[], ...orderField.map((field) => [`orderBy: { field: ${field} }`])]) {
			const { page } = await askAsStaff(`{ page: ${name}(${[...given, "first: 100", ...orderBy].join(", ")}) { edges { cursor } } }`);
			keep(connection, page);
		}
	}
	const accounts = await askAsStaff("{ page: componentUserUsageLimits { nodes { user { username } } } }");
	const { policyFirings } = await askAsStaff("{ policyFirings { nodes { position } } }");
	return {
		uuids,
		totals,
		cursors,
		positions: policyFirings.nodes.flatMap(({ position }: { position: string | null }) => position ?? []),
		names: ["ann", "guest", "sven", "canary", ...accounts.page.nodes.map(({ user }: Answer) => user.username)],
	};
}

/** The fields that an input type such as ResourceOrder can name. */
function orderFields(input: string): string[] {
	const type = schema.getType(`${input}Field`);
	if (!isEnumType(type)) throw new Error(`${input} has no enumeration of its fields.`);
	return type.getValues().map(({ name }) => name);
}
