import { expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { differencesIn } from "../support/differences.ts";
import { setUsage, setUserUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider } from "../support/provider.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });

/** A write as its writer saw it: between which two of all the moments at which something was sent or answered it took place. */
interface Write {
	readonly target: string;
	readonly amount: string;
	readonly sent: number;
	readonly answered: number;
}

/** Amounts that the last write to the target may have left: those of writes that no other was sent after. */
function possibleAmounts(writes: readonly Write[], target: string): string[] {
	const own = writes.filter((write) => write.target === target);
	return own.filter(({ answered }) => own.every(({ sent }) => sent <= answered)).map(({ amount }) => amount);
}

test("what 64 writers (16 on the one connection of the embedded database) leave on few records is what one of the last to write each of them reported, and everything agrees with it", {
	timeout: 300_000,
}, async () => {
	const provider = await makeProvider(gateway());
	for (const type of ["cpu", "ram"]) await provider.component(type);
	const resources = [await provider.resource(), await provider.resource(), await provider.resource()];
	const records = new Map(await Promise.all(resources.map(async (resource) => [resource, await provider.usage(resource, "cpu", "2017-01-01", "0")] as const)));
	await provider.policy({ limits: { cpu: 600, ram: 600 } });
	let moment = 0;
	const writes: Write[] = [];
	const written = async (targets: readonly string[], amount: string, send: () => Promise<unknown>) => {
		const sent = moment++;
		await send();
		const answered = moment++;
		for (const target of targets) writes.push({ target, amount, sent, answered });
	};
	await Promise.all(
		Array.from({ length: gateway().database.engine === "PostgreSQL" ? 64 : 16 }, async (_, writer) => {
			for (let round = 0; round < 8; round++) {
				const resource = resources[(writer + round) % resources.length] ?? "";
				const amount = `${writer * 8 + round}.25`;
				const types = round % 3 === 0 ? ["ram", "cpu"] : ["cpu", "ram"];
				if (round % 4 === 3) {
					const input = { componentUsage: records.get(resource), username: `user ${writer % 2}`, usage: amount };
					await written([`${resource} user ${writer % 2}`], amount, () => gateway().ask(provider.token, setUserUsage, { input }));
				} else {
					const input = { resource, usages: types.map((type) => ({ type, amount })) };
					await written(
						types.map((type) => `${resource} ${type}`),
						amount,
						() => gateway().ask(provider.token, setUsage, { input }),
					);
				}
			}
		}),
	);

	const document = `query ($uuid: UUID!) { resource(uuid: $uuid) {
		currentUsages { type amount } componentUsages { nodes { type usage } } userUsages { nodes { username usage } }
	} }`;
	const totals = new Map<string, number>();
	for (const uuid of resources) {
		const { resource } = await gateway().ask(provider.token, document, { uuid });
		const usages: { type: string; usage: string }[] = resource.componentUsages.nodes;
		for (const { type, usage } of usages) totals.set(type, (totals.get(type) ?? 0) + Number(usage));
		const stored = [...usages, ...resource.userUsages.nodes.map(({ username, usage }: Answer) => ({ type: username, usage }))];

		expect(stored).toHaveLength(4);
		for (const { type, usage } of stored) expect(possibleAmounts(writes, `${uuid} ${type}`)).toContain(usage);
		expect(new Map(resource.currentUsages.map(({ type, amount }: Answer) => [type, amount]))).toEqual(new Map(usages.map(({ type, usage }) => [type, usage])));
	}

	expect(await differencesIn(gateway().database, new Date("2017-01-10T12:00:00Z"))).toEqual([]);
	const { offeringUsagePolicies } = await gateway().ask(
		provider.token,
		"{ offeringUsagePolicies { nodes { hasFired componentLimits { component { type } used } } } }",
	);
	const [policy] = offeringUsagePolicies.nodes;
	expect(new Map(policy.componentLimits.map(({ component, used }: Answer) => [component.type, Number(used)]))).toEqual(totals);
	expect(policy.hasFired).toBe([...totals.values()].some((total) => total > 600));
	const kinds = await gateway().database.rows<{ kind: string }>(sql`
		select f."kind"::text as "kind" from "PolicyFiring" f join "LogEntry" l on l."policyFiringUuid" = f."uuid"
		where f."offeringUuid" = ${provider.offering}::uuid order by l."xid", l."id"
	`);
	expect(kinds.every(({ kind }, place) => kind === (place % 2 === 0 ? "FIRED" : "RESET"))).toBe(true);
	expect(kinds.length % 2 === 1).toBe(policy.hasFired);
});
