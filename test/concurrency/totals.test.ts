import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { turnMonth } from "../../src/domain/month-turn/month-turn.service.ts";
import { importDataset } from "../../src/import/import.ts";
import type { ListName } from "../../src/import/source.ts";
import { wrongTotals } from "../support/component-totals.ts";
import { setUsage } from "../support/documents.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { makeProvider } from "../support/provider.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });

const types = ["cpu", "ram", "disk", "net"];

/** Imports the records of usage, a few at a time. */
const imported = (records: readonly object[]) => {
	const lists = new Map<ListName, readonly object[]>([["marketplace-component-usages", records]]);
	const read = async function* (name: ListName) {
		yield { records: lists.get(name) ?? [] };
	};
	return importDataset({
		database: gateway().database,
		source: { name: "records", check: async () => {}, read },
		timeZone: "UTC",
		evaluatePolicies: async () => {},
		batchSize: 7,
	});
};

test("the totals are the sums of the records after imports, reports and the turn of a month have met on the same customers", {
	timeout: 300_000,
}, async () => {
	const provider = await makeProvider(gateway());
	for (const type of types) await provider.component(type);
	const customers = [await provider.customer(), await provider.customer()];
	const resources: string[] = [];
	for (let made = 0; made < 12; made++) resources.push(await provider.resource({ customer: customers[made % 2] ?? "" }));
	const records = (month: string, usage: number, uuids?: readonly string[]) =>
		resources.flatMap((resource_uuid, place) =>
			types.map((type, at) => {
				const uuid = uuids?.[place * types.length + at] ?? randomUUID();
				return { uuid, resource_uuid, type, usage: usage + place + at, date: `${month}-20T00:00:00Z`, billing_period: `${month}-01`, recurring: false };
			}),
		);
	const december = records("2016-12", 1);
	await imported(december);
	const rounds = gateway().database.engine === "PostgreSQL" ? 10 : 2;
	for (let round = 0; round < rounds; round++) {
		const reports = resources.map((resource, place) => {
			const usages = types.map((type, at) => ({ type, amount: `${round * 7 + place + at}.5`, recurring: true }));
			return gateway().ask(provider.token, setUsage, { input: { resource, usages: place % 2 === 0 ? usages : usages.toReversed() } });
		});
		const changed = records(
			"2016-12",
			round + 2,
			december.map(({ uuid }) => uuid),
		);
		const turn = turnMonth(gateway().database, { now: new Date(Date.UTC(2017, round, 10)), timeZone: "UTC" });
		await Promise.all([...reports, imported(changed), imported(records(`20${10 + (round % 6)}-0${1 + (round % 9)}`, 3)), turn]);
	}

	expect(await wrongTotals(gateway().database)).toEqual([]);
});
