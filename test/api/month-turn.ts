import { expect } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { type TurnedMonth, turnMonth } from "../../src/domain/month-turn/month-turn.service.ts";
import { beginAllMonths } from "../support/begun-months.ts";
import { setUsage } from "../support/documents.ts";
import type { Answer, Gateway } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

interface ReportOptions {
	readonly type?: string;
	readonly recurring?: boolean;
	readonly description?: string;
	readonly planPeriod?: string;
}

/** A provider of cpu and ram who reports as months go by. */
export interface ReportingProvider extends Provider {
	/** Begins the month as the service does by itself, for every offering that is left over. */
	turn(moment: string, timeZone?: string): Promise<TurnedMonth[]>;
	/** Reports an amount of the resource at a moment, of cpu and recurring unless told otherwise, and answers the stored record. */
	report(resource: string, moment: string, amount: string, options?: ReportOptions): Promise<Answer>;
	/** The resource with its current usages and its records, oldest first. */
	resourceOf(uuid: string): Promise<Answer>;
	/** The resource's records as month: amount, oldest first. */
	monthsOf(resource: string): Promise<string[]>;
	/** The turns of the provider's policies, oldest first, each with its month. */
	firings(): Promise<string[]>;
	isFired(policy: string): Promise<boolean>;
	/** How often the log tells of the resource's records. */
	logEntriesOf(resource: string): Promise<number>;
}

const resourceDocument = `query ($uuid: UUID!) { resource(uuid: $uuid) { currentUsages { type amount } componentUsages(first: 100, orderBy: { field: BILLING_PERIOD, direction: ASC }) {
	nodes { uuid type usage billingPeriod date created recurring description planPeriod { uuid } modifiedBy { username } }
} } }`;

const firingsDocument = `query ($offering: UUID!) { policyFirings(first: 100, filter: { offeringUuid: $offering }) { nodes { kind created } } }`;

const policyDocument = `query ($uuid: UUID!) { offeringUsagePolicy(uuid: $uuid) { hasFired } }`;

/** The offerings that earlier tests left have nothing to begin any more. */
export async function makeReportingProvider(gateway: Gateway): Promise<ReportingProvider> {
	const { database } = gateway;
	await beginAllMonths(database);
	const provider = await makeProvider(gateway);
	await provider.component("cpu");
	await provider.component("ram");
	const ask = (document: string, variables: Record<string, unknown>) => gateway.ask(provider.token, document, variables);
	const resourceOf: ReportingProvider["resourceOf"] = async (uuid) => (await ask(resourceDocument, { uuid })).resource;
	return {
		...provider,
		turn: (moment, timeZone = "UTC") => turnMonth(database, { now: new Date(moment), timeZone }),
		report: async (resource, moment, amount, { type = "cpu", recurring = true, planPeriod, ...rest } = {}) => {
			gateway.setTime(moment);
			const input = { resource, usages: [{ type, amount, recurring, ...rest }], ...(planPeriod === undefined ? {} : { planPeriod }) };
			const { setUsage: result } = await ask(setUsage, { input });
			expect(result.__typename).toBe("SetUsagePayload");
			return result.componentUsages[0];
		},
		resourceOf,
		monthsOf: async (resource) =>
			(await resourceOf(resource)).componentUsages.nodes.map(({ billingPeriod, usage }: Answer) => `${billingPeriod.slice(0, 7)}: ${usage}`),
		firings: async () => {
			const { nodes } = (await ask(firingsDocument, { offering: provider.offering })).policyFirings;
			return nodes.map(({ kind, created }: Answer) => `${created.slice(0, 7)}: ${kind}`).reverse();
		},
		isFired: async (policy) => (await ask(policyDocument, { uuid: policy })).offeringUsagePolicy.hasFired,
		logEntriesOf: async (resource) => {
			const [row] = await database.rows<{ entries: number }>(sql`
				select count(*)::int as entries from "LogEntry" l join "ComponentUsage" u on u."uuid" = l."componentUsageUuid" where u."resourceUuid" = ${resource}::uuid
			`);
			return row?.entries ?? 0;
		},
	};
}
