import { getOperationAST, parse } from "graphql";
import { expect, test } from "vitest";
import { planOf } from "../../src/graphql/query-plan/query-plan.ts";
import { schema } from "../../src/schema.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { limited } from "../support/limited.ts";

const gateway = gatewayForFile({ template: "demo", limits: limited });

const levels = ["customers", "projects", "resources", "componentUsages", "userUsages"];

/** As Relay's compiler writes it: the type and id of everything, and the cursors of each page. */
const document = `query Page(${levels.map((_, level) => `$after${level}: String`).join(" ")}) {
	${levels.reduceRight(
		(below, list, level) => `${list}(first: 3, after: $after${level}) {
			edges { node { __typename id ${level === 0 ? "name" : ""} ${below} } cursor }
			pageInfo { endCursor hasNextPage }
		}`,
		"username usage",
	)}
}`;

test("a page of Relay's from customers down to parts, three of each, passes every bound, is planned and answered", async () => {
	const { data, errors, extensions } = await gateway().send("demo_staff", document);

	expect(errors).toBeUndefined();
	expect(extensions?.["cost"]).toMatchObject({ limit: 1000 });
	expect(JSON.stringify(data)).toContain('"__typename":"ComponentUserUsage"');
	const read = parse(document);
	expect(planOf(schema, read, getOperationAST(read) ?? expect.unreachable())).toBeDefined();
});
