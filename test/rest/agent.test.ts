import { beforeEach, expect, test } from "vitest";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { type Allocation, reportMonth } from "./agent.ts";
import { hex } from "./client.ts";

const gateway = gatewayForFile({ timeZone: "Europe/Tallinn", now: "2026-11-19T09:00:00.000Z" });

let provider: Provider;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	for (const type of ["cpu", "gpu"]) await provider.component(type);
	for (const name of ["ann", "bob", "cyd"]) await provider.account(name);
	for (const backendId of ["alloc-1", "alloc-2", "alloc-3", "alloc-4", ""]) await provider.resource({ backendId });
});

const report = (accounting: Record<string, Allocation>, planPeriods: Record<string, string> = {}) =>
	reportMonth({
		api: new URL("/api/", gateway().url).href,
		token: provider.token,
		offering: hex(provider.offering),
		month: "2026-11-01",
		accounting,
		planPeriods,
	});

/** What GraphQL answers of the offering's resources that have reported, by their backend ids. */
async function stored(): Promise<Record<string, { current: Record<string, string>; records: string[]; parts: string[] }>> {
	const { offering } = await gateway().ask(
		provider.token,
		`query ($offering: UUID!) { offering(uuid: $offering) { resources(first: 50) { nodes { backendId currentUsages { type amount }
			componentUsages(first: 10) { nodes { type usage billingPeriod planPeriod { uuid } userUsages(first: 10) { nodes { username usage user { username } } } } }
		} } } }`,
		{ offering: provider.offering },
	);
	return Object.fromEntries(
		offering.resources.nodes
			.filter(({ componentUsages }: Answer) => componentUsages.nodes.length > 0)
			.map(({ backendId, currentUsages, componentUsages: { nodes } }: Answer) => [
				backendId,
				{
					current: Object.fromEntries(currentUsages.map(({ type, amount }: Answer) => [type, amount])),
					records: nodes.map(({ billingPeriod, type, usage }: Answer) => `${billingPeriod} ${type} ${usage}`).sort(),
					parts: nodes
						.flatMap(({ type, userUsages }: Answer) =>
							userUsages.nodes.map(({ username, usage, user }: Answer) => `${type} ${username} ${usage} of ${user?.username ?? "nobody known"}`),
						)
						.sort(),
				},
			]),
	);
}

test("an agent in report mode finds the resources by what its cluster calls them, and GraphQL answers what it reported", async () => {
	const accounting = {
		"alloc-1": { ann: { cpu: 10.25, gpu: 3 }, bob: { cpu: 0.5 } },
		"alloc-3": { cyd: { cpu: 7 }, guest: { cpu: 1.75, unmeasured: 9 } },
		"alloc-4": { bob: { gpu: 2 } },
		"alloc-9": { ann: { cpu: 1 } },
	};
	expect(await report(accounting)).toEqual({
		user: expect.stringMatching(/^provider/),
		version: "1.2.3",
		reported: expect.toSatisfy((names: string[]) => names.toSorted().join() === "alloc-1,alloc-3,alloc-4"),
		unknown: ["alloc-9"],
	});
	expect(await stored()).toEqual({
		"alloc-1": {
			current: { cpu: "10.75", gpu: "3" },
			records: ["2026-11-01 cpu 10.75", "2026-11-01 gpu 3"],
			parts: ["cpu ann 10.25 of ann", "cpu bob 0.5 of bob", "gpu ann 3 of ann"],
		},
		"alloc-3": {
			current: { cpu: "8.75" },
			records: ["2026-11-01 cpu 8.75"],
			parts: ["cpu cyd 7 of cyd", "cpu guest 1.75 of nobody known"],
		},
		"alloc-4": { current: { gpu: "2" }, records: ["2026-11-01 gpu 2"], parts: ["gpu bob 2 of bob"] },
	});
	expect(gateway().bugs()).toEqual([]);
});

test("an hour later its figures replace those before them, and the same ones again change nothing", async () => {
	await report({ "alloc-2": { ann: { cpu: 1 } } });
	await report({ "alloc-2": { ann: { cpu: 2.5 }, bob: { cpu: 4 } } });
	const after = await stored();
	expect(after).toEqual({
		"alloc-2": { current: { cpu: "6.5" }, records: ["2026-11-01 cpu 6.5"], parts: ["cpu ann 2.5 of ann", "cpu bob 4 of bob"] },
	});
	await report({ "alloc-2": { ann: { cpu: 2.5 }, bob: { cpu: 4 } } });
	expect(await stored()).toEqual(after);
});

test("usage is reported of the plan period that it is for", async () => {
	const resource = await provider.resource({ backendId: "alloc-5" });
	const period = await provider.planPeriod(resource, "2026-11-01T00:00:00Z", null);
	await report({ "alloc-5": { ann: { cpu: 3 } } }, { "alloc-5": hex(period) });
	const { resource: found } = await gateway().ask(
		provider.token,
		`query ($uuid: UUID!) { resource(uuid: $uuid) { componentUsages { nodes { usage planPeriod { uuid } } } } }`,
		{ uuid: resource },
	);
	expect(found.componentUsages.nodes).toEqual([{ usage: "3", planPeriod: { uuid: period } }]);
});

test("resources that take no reports, or that the cluster has no name for, are left out", async () => {
	await provider.resource({ backendId: "alloc-6", state: "TERMINATED" });
	expect(await report({ "alloc-6": { ann: { cpu: 3 } }, "": { ann: { cpu: 1 } } })).toMatchObject({ reported: [], unknown: ["alloc-6", ""] });
	expect(await stored()).toEqual({});
});
