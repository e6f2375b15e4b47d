import type { IncomingMessage } from "node:http";
import pg from "pg";
import { firstMonth, month } from "../months.ts";
import { serve } from "./listen.ts";

/**
 * The limit that a general service is measured against: flat prepared statements and plain assembly, without parsing,
 * permissions or validation. It is asked by name.
 */
const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"], max: 10 });

type Row = Record<string, unknown>;

const rows = async (name: string, text: string, values: unknown[] = []): Promise<Row[]> => (await pool.query({ name, text, values })).rows;

const answers: Readonly<Record<string, (variables: Readonly<Record<string, unknown>>) => Promise<unknown>>> = {
	"nested-graph": async () => {
		const resources = await rows("resources", resourcesText);
		const [components, usages] = await Promise.all([
			rows("components", componentsText, [distinct(resources, "offeringUuid")]),
			rows("usages", usagesText, [resources.map(({ uuid }) => uuid), `${month}-01`]),
		]);
		const parts = grouped(await rows("parts", partsText, [usages.map(({ uuid }) => uuid)]), "componentUsageUuid", ({ uuid, username, usage }) => ({
			uuid,
			username,
			usage,
		}));
		const usagesOf = grouped(usages, "resourceUuid", ({ uuid, usage, date, componentUuid, type, name, measuredUnit }) => ({
			uuid,
			usage,
			date,
			component: { uuid: componentUuid, type, name, measuredUnit },
			userUsages: { nodes: parts.get(uuid) ?? [] },
		}));
		const componentsOf = grouped(components, "offeringUuid", ({ uuid, type, name, measuredUnit }) => ({ uuid, type, name, measuredUnit }));
		const nodes = resources.map((resource) => ({
			uuid: resource["uuid"],
			name: resource["name"],
			state: resource["state"],
			offering: {
				uuid: resource["offeringUuid"],
				name: resource["offering"],
				category: { uuid: resource["categoryUuid"], title: resource["title"] },
				components: componentsOf.get(resource["offeringUuid"]) ?? [],
			},
			project: {
				uuid: resource["projectUuid"],
				name: resource["project"],
				customer: { uuid: resource["customerUuid"], name: resource["customer"] },
			},
			componentUsages: { nodes: usagesOf.get(resource["uuid"]) ?? [] },
		}));
		return { resources: { nodes } };
	},

	"one-row": async ({ uuid }) => {
		const [resource = null] = await rows("one-row", `select "uuid", "name", "state", "created" from "Resource" where "uuid" = $1`, [uuid]);
		return { resource };
	},

	page: async () => {
		const nodes = (await rows("page", pageText)).map(
			({ uuid, usage, date, billingPeriod, resourceUuid, resource, componentUuid, type, name, measuredUnit }) => ({
				uuid,
				usage,
				date,
				billingPeriod,
				resource: { uuid: resourceUuid, name: resource },
				component: { uuid: componentUuid, type, name, measuredUnit },
			}),
		);
		return { componentUsages: { nodes } };
	},

	matrix: async () => {
		const resources = await rows("matrix-resources", `select "uuid", "name", "offeringUuid" from "Resource" order by "name", "uuid" limit 50`);
		const [components, figures] = await Promise.all([
			rows("components", componentsText, [distinct(resources, "offeringUuid")]),
			rows("figures", figuresText, [resources.map(({ uuid }) => uuid), `${firstMonth}-01`, `${month}-01`]),
		]);
		const componentsOf = grouped(components, "offeringUuid", (component) => component);
		const pointsOf = grouped(figures, "line", ({ billingPeriod, usage }) => ({ billingPeriod, usage }));
		const nodes = resources.map(({ uuid, name, offeringUuid }) => ({
			uuid,
			name,
			usageSeries: (componentsOf.get(offeringUuid) ?? []).map((component) => ({
				type: component["type"],
				name: component["name"],
				measuredUnit: component["measuredUnit"],
				points: pointsOf.get(`${uuid} ${component["type"]}`) ?? [],
			})),
		}));
		return { resources: { nodes } };
	},
};

const distinct = (rows: readonly Row[], column: string): unknown[] => [...new Set(rows.map((row) => row[column]))];

function grouped<Item>(rows: readonly Row[], column: string, make: (row: Row) => Item): Map<unknown, Item[]> {
	const groups = new Map<unknown, Item[]>();
	for (const row of rows) {
		const group = groups.get(row[column]);
		if (group === undefined) groups.set(row[column], [make(row)]);
		else group.push(make(row));
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

const pageText = `
	select u."uuid", u."usage", u."date", u."billingPeriod"::text as "billingPeriod", r."uuid" as "resourceUuid", r."name" as "resource",
		c."uuid" as "componentUuid", c."type", c."name", c."measuredUnit"
	from "ComponentUsage" u join "Resource" r on r."uuid" = u."resourceUuid" join "OfferingComponent" c on c."uuid" = u."componentUuid"
	order by u."date" desc, u."type", u."uuid" limit 100`;

const figuresText = `
	select "resourceUuid" || ' ' || "type" as "line", "billingPeriod"::text as "billingPeriod", "usage" from "ComponentUsage"
	where "resourceUuid" = any($1::uuid[]) and "billingPeriod" between $2::date and $3::date order by "billingPeriod"`;

serve((request, response) => {
	body(request)
		.then(async (text) => {
			const { query, variables } = JSON.parse(text);
			response.setHeader("content-type", "application/json").end(JSON.stringify({ data: await answers[query]?.(variables) }));
		})
		.catch((error: Error) => response.writeHead(500).end(error.message));
});

async function body(request: IncomingMessage): Promise<string> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part);
	return Buffer.concat(parts).toString();
}
