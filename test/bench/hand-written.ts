import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";

/**
 * The limit that a general service is measured against: the nested graph by four flat prepared statements and plain
 * assembly, without parsing, permissions or validation.
 */
export async function handWritten(databaseUrl: string, month: string): Promise<{ url: string; stop(): Promise<void> }> {
	const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
	const rows = async (name: string, text: string, values: unknown[] = []) => (await pool.query({ name, text, values })).rows;

	async function graph(): Promise<unknown> {
		const resources = await rows("resources", resourcesText);
		const [components, usages] = await Promise.all([
			rows("components", componentsText, [resources.map((resource) => resource["offeringUuid"])]),
			rows("usages", usagesText, [resources.map((resource) => resource["uuid"]), `${month}-01`]),
		]);
		const parts = await rows("parts", partsText, [usages.map((usage) => usage["uuid"])]);
		const partsOf = groupedBy(parts, "componentUsageUuid");
		const usagesOf = groupedBy(
			usages.map((usage) => ({ ...usage, userUsages: { nodes: partsOf.get(usage["uuid"]) ?? [] } })),
			"resourceUuid",
		);
		const componentsOf = groupedBy(components, "offeringUuid");
		const nodes = resources.map((resource) => ({
			...resource,
			components: componentsOf.get(resource["offeringUuid"]) ?? [],
			componentUsages: { nodes: usagesOf.get(resource["uuid"]) ?? [] },
		}));
		return { data: { resources: { nodes } } };
	}

	const server = createServer((_request, response) => {
		graph().then(
			(answer) => response.setHeader("content-type", "application/json").end(JSON.stringify(answer)),
			(error: Error) => response.writeHead(500).end(error.message),
		);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
		stop: async () => {
			server.close();
			server.closeAllConnections();
			await pool.end();
		},
	};
}

type Row = Record<string, unknown>;

function groupedBy(rows: readonly Row[], column: string): Map<unknown, Row[]> {
	const groups = new Map<unknown, Row[]>();
	for (const row of rows) {
		const group = groups.get(row[column]);
		if (group === undefined) groups.set(row[column], [row]);
		else group.push(row);
	}
	return groups;
}

const resourcesText = `
	select r."uuid", r."name", r."state", r."offeringUuid", o."name" as "offering", c."uuid" as "categoryUuid", c."title",
		p."uuid" as "projectUuid", p."name" as "project", k."uuid" as "customerUuid", k."name" as "customer"
	from "Resource" r join "Offering" o on o."uuid" = r."offeringUuid" join "Category" c on c."uuid" = o."categoryUuid"
	join "Project" p on p."uuid" = r."projectUuid" join "Customer" k on k."uuid" = r."customerUuid"
	order by r."name", r."uuid" limit 20`;

const componentsText = `
	select "uuid", "offeringUuid", "type", "name", "measuredUnit" from "OfferingComponent" where "offeringUuid" = any($1::uuid[]) order by "type"`;

const usagesText = `
	select u."uuid", u."resourceUuid", u."usage", u."date", c."uuid" as "componentUuid", c."type", c."name", c."measuredUnit"
	from "ComponentUsage" u join "OfferingComponent" c on c."uuid" = u."componentUuid"
	where u."resourceUuid" = any($1::uuid[]) and u."billingPeriod" = $2::date order by u."date" desc, u."type", u."uuid"`;

const partsText = `
	select "uuid", "componentUsageUuid", "username", "usage" from "ComponentUserUsage" where "componentUsageUuid" = any($1::uuid[]) order by "username", "uuid"`;
