import { afterAll, beforeAll, beforeEach } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { deliverDue } from "../../src/sync/delivery.ts";
import { waldurClient } from "../../src/sync/waldur-client.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, type Gateway, startGateway } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { type Received, startReceiver } from "./receiver.ts";

/** A gateway that writes on to a Waldur which records what it is sent, and a new provider for each test of the file. */
export interface Mirrored {
	readonly gateway: Gateway;
	readonly waldur: Awaited<ReturnType<typeof startReceiver>>;
	readonly provider: Provider;
	/** A member of staff's token. */
	readonly staff: string;
	readonly sourceId: number;
	/** One round of delivery. */
	deliver(): Promise<void>;
	/** A resource that Waldur holds. */
	resource(): Promise<string>;
	report(resource: string, amount: string): Promise<Answer>;
	/** The resource's usage, with its delivery. */
	deliveries(resource: string): Promise<Answer>;
	/** What was sent to be changed. */
	posts(): Received[];
}

/** As Waldur writes a uuid. */
export const hex = (uuid: string): string => uuid.replaceAll("-", "");

export function mirroredForFile(now: string): () => Mirrored {
	let mirrored: Mirrored | undefined;
	let gateway: Gateway | undefined;
	let waldur: Awaited<ReturnType<typeof startReceiver>> | undefined;
	beforeAll(async () => {
		waldur = await startReceiver();
		gateway = await startGateway({ mirror: { url: waldur.base.href, writes: true } });
	});
	afterAll(async () => {
		await gateway?.stop();
		await waldur?.stop();
	});
	beforeEach(async () => {
		if (gateway === undefined || waldur === undefined) throw new Error("They are started before the first test.");
		mirrored = await newMirrored(gateway, waldur, now);
	});
	return () => {
		if (mirrored === undefined) throw new Error("It is made before each test.");
		return mirrored;
	};
}

async function newMirrored(gateway: Gateway, waldur: Mirrored["waldur"], now: string): Promise<Mirrored> {
	const { database, services } = gateway;
	await database.rows(sql`truncate "WaldurDelivery"`);
	const provider = await makeProvider(gateway);
	const staff = await provider.staffToken();
	gateway.setTime(now);
	waldur.received.splice(0);
	waldur.answer(() => undefined);
	await provider.component("cpu");
	const sourceId = services.mirror?.sourceId ?? -1;
	return {
		gateway,
		waldur,
		provider,
		staff,
		sourceId,
		deliver: () =>
			deliverDue({
				database,
				client: waldurClient({ base: waldur.base, token: "secret", clock: services.clock, timeout: 2_000 }),
				base: waldur.base,
				sourceId,
				timeZone: "UTC",
				clock: services.clock,
			}),
		resource: async () => {
			const resource = await provider.resource();
			await database.rows(sql`update "Resource" set "sourceId" = ${sourceId}::smallint where "uuid" = ${resource}::uuid`);
			await database.rows(sql`update "Offering" set "sourceId" = ${sourceId}::smallint where "uuid" = ${provider.offering}::uuid`);
			return resource;
		},
		report: async (resource, amount) =>
			(await gateway.ask(provider.token, setUsage, { input: { resource, usages: [{ type: "cpu", amount, description: "by hand" }] } })).setUsage,
		deliveries: async (resource) => {
			const document = `query ($uuid: UUID!) { resource(uuid: $uuid) { componentUsages { nodes { usage delivery { state attempts error sent } } } } }`;
			return (await gateway.ask(provider.token, document, { uuid: resource })).resource.componentUsages.nodes;
		},
		posts: () => waldur.received.filter(({ method }) => method !== "GET"),
	};
}
