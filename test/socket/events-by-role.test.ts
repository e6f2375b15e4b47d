import { beforeAll, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connect, type Events, subscribe } from "../support/sockets.ts";

const gateway = gatewayForFile();

/** Whether the viewer is told of a report for the resource "n1 compute", and of the policy of offering compute that it turns. */
const table: [viewer: string, reports: boolean, firings: boolean][] = [
	["staff", true, true],
	["support", true, true],
	["northowner", true, false],
	["northmanager", true, false],
	["northsupport", true, false],
	["projectadmin", true, false],
	["ann", true, false],
	["projectmanager", true, false],
	["alpineowner", true, true],
	["alpinemanager", true, true],
	["alpinesupport", true, true],
	["computemanager", true, true],
	["balticowner", false, false],
	["sven", false, false],
	["stranger", false, false],
	["expired", false, false],
];

const compute = uuidOf("Offering", "compute");
const watched = uuidOf("Resource", "n1 compute");
let marker: Provider;
let markers: string;

const reportDocument = `mutation ($input: SetUsageInput!) {
	setUsage(input: $input) { ... on SetUsagePayload { firings { position policy { scope { uuid } } } } ... on Error { code } }
}`;

/** Reports cpu and answers the firings that this caused. */
const report = async (token: string, resource: string, amount: string): Promise<Answer[]> =>
	(await gateway().ask(token, reportDocument, { input: { resource, usages: [{ type: "cpu", amount }] } })).setUsage.firings;

/** All of them are owners of one more provider, whose events they all get: what is not told before one of those is not told. */
beforeAll(async () => {
	const { database } = gateway();
	await buildFixture(database);
	await database.rows(sql`update "OfferingUsagePolicyComponentLimit" set "limit" = 1000 where "offeringUuid" = ${compute}::uuid`);
	marker = await makeProvider(gateway());
	await marker.component("cpu");
	await marker.policy({ limits: { cpu: 10 } });
	markers = await marker.resource();
	for (const [viewer] of table) await insert(database, "CustomerRole", { userUuid: uuidOf("User", viewer), customerUuid: marker.uuid, role: "OWNER" });
});

const firingsAfter = "subscription ($after: String) { event: policyFirings(after: $after) { ... on PolicyFiringEvent { firing { offering { uuid } } } } }";
const reportsLive = "subscription { event: usageReported { componentUsage { resource { offering { uuid } } } } }";

/** The offerings of the events up to the next one of the marker. */
async function untilMarker(events: Events): Promise<string[]> {
	const offerings: string[] = [];
	while (offerings.at(-1) !== marker.offering) {
		const { event } = await events.next();
		offerings.push((event.firing ?? event.componentUsage.resource).offering.uuid);
	}
	return offerings;
}

describe.each(table)("%s", (viewer, reports, firings) => {
	test(`${firings ? "is" : "is not"} told of the firings`, async () => {
		const [before] = await report(marker.token, markers, "11");
		const turned = [...(await report("demo_alpineowner", watched, "1001")), ...(await report("demo_alpineowner", watched, "1"))];
		await report(marker.token, markers, "1");
		const client = await connect(gateway().url, `demo_${viewer}`);
		const told = await untilMarker(subscribe(client, firingsAfter, { after: before.position }));
		await client.dispose();

		expect(turned).toHaveLength(4);
		expect(told).toEqual([...(firings ? turned.map(() => compute) : []), marker.offering]);
	});

	test(`${reports ? "is" : "is not"} told of the report`, async () => {
		const client = await connect(gateway().url, `demo_${viewer}`);
		const events = subscribe(client, reportsLive);
		// The first marker tells that the subscription is under way; what stands between it and the next is told in full.
		let told: string[] | undefined;
		const reading = untilMarker(events)
			.then(() => untilMarker(events))
			.then((offerings) => {
				told = offerings;
			});
		while (told === undefined) {
			await report("demo_alpineowner", watched, "1");
			await report(marker.token, markers, "1");
			await Promise.race([reading, new Promise((resolve) => setImmediate(resolve))]);
		}
		await client.dispose();

		expect(told).toEqual([...(reports ? [compute] : []), marker.offering]);
	});
});
