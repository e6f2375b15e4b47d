import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { ExecutionResult } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectPath } from "../../../src/shared/project-root.ts";
import { demoHandles } from "../../../src/world/demo.ts";
import { setUsage } from "../../support/documents.ts";
import { type Answer, type Data, gatewayForFile } from "../../support/gateway.ts";
import { limited } from "../../support/limited.ts";
import { subscribeOverSse } from "../../support/sockets.ts";

const folder = projectPath("test", "clients", "federation");
const federationToken = "0123456789abcdef0123456789abcdef";

const children: ChildProcess[] = [];
afterAll(() => {
	for (const child of children) child.kill("SIGKILL"); // a router waits at SIGTERM for what it serves
});

/** Runs a program of this folder until the last test ends; returns the address that it prints. */
async function serve(program: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
	const child = spawn(process.execPath, [program], { cwd: folder, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
	children.push(child);
	for await (const line of createInterface(child.stdout)) if (line.startsWith("http://")) return line;
	throw new Error(`${program} ended before it listened.`);
}

describe("behind a router that joins it with a service desk", () => {
	const gateway = gatewayForFile({ template: "demo", limits: { ...limited, federationToken } });
	const routers: Record<string, string> = {};

	beforeAll(async () => {
		const USAGE = gateway().url;
		const env = { USAGE, TICKETS: await serve("tickets.mjs"), SCHEMA_TOKEN: "demo_staff", FEDERATION_TOKEN: federationToken };
		const started = {
			sse: serve("router.mjs", env),
			ws: serve("router.mjs", { ...env, SUBSCRIPTIONS: "ws" }),
			unknown: serve("router.mjs", { ...env, FEDERATION_TOKEN: "" }),
		};
		for (const [name, url] of Object.entries(started)) routers[name] = await url;
	});

	async function send(token: string | undefined, query: string, variables: Data = {}, router = "sse"): Promise<ExecutionResult<Answer>> {
		const headers = { "content-type": "application/json", accept: "application/json", ...(token === undefined ? {} : { authorization: `Token ${token}` }) };
		const response = await fetch(routers[router] ?? "", { method: "POST", headers, body: JSON.stringify({ query, variables }) });
		return (await response.json()) as ExecutionResult<Answer>;
	}
	const ask = async (token: string, query: string, variables?: Data) => {
		const { data, errors } = await send(token, query, variables);
		expect(errors).toBeUndefined();
		return data;
	};
	const codesOf = ({ errors = [] }: ExecutionResult) => errors.map(({ extensions }) => extensions["code"]);

	const read = "resources(first: 5) { totalCount pageInfo { hasNextPage } nodes { id uuid name state project { name customer { name } } } }";

	test("a person reads through it what they read without it", async () => {
		for (const token of ["demo_staff", "demo_owner", "demo_member"]) expect(await ask(token, `{ ${read} }`)).toEqual(await gateway().ask(token, `{ ${read} }`));
	});

	test("it adds what the desk knows of our objects", async () => {
		const { resources } = await ask("demo_owner", "{ resources(first: 5) { nodes { uuid name ticketCount project { customer { supportLevel } } } } }");
		expect(resources.nodes).toHaveLength(5);
		for (const { uuid, ticketCount, project } of resources.nodes)
			expect([ticketCount, project.customer.supportLevel]).toEqual([Number.parseInt(uuid[0], 16), "gold"]);
	});

	const about = `query ($resources: [UUID!]!, $customers: [ID!]!) { ticketsAbout(resources: $resources, customers: $customers) { nodes {
		subject resource { ticketCount name project { customer { name } } componentUsages(first: 1) { nodes { usage } } } customer { supportLevel name } } } }`;
	const everything = () => gateway().ask("demo_staff", "{ resources(first: 30) { nodes { uuid name } } customers(first: 20) { nodes { id name } } }");
	const namesIn = ({ ticketsAbout }: Answer) => ticketsAbout.nodes.flatMap(({ resource, customer }: Answer) => resource?.name ?? customer?.name ?? []);

	test("it adds what we know to the desk's objects, as far as the person sees them", async () => {
		const { resources, customers } = await everything();
		const variables = { resources: resources.nodes.map(({ uuid }: Answer) => uuid), customers: customers.nodes.map(({ id }: Answer) => id) };
		const names = [...resources.nodes, ...customers.nodes].map(({ name }: Answer) => name);
		const own = await gateway().ask("demo_member", "{ resources(first: 100) { nodes { name } } customers(first: 100) { nodes { name } } }");
		const seen = new Set([...own.resources.nodes, ...own.customers.nodes].map(({ name }: Answer) => name));

		expect(namesIn(await ask("demo_staff", about, variables))).toEqual(names);
		const { data } = await send("demo_member", about, variables);
		expect(namesIn(data)).toEqual(names.filter((name) => seen.has(name)));
		expect(data.ticketsAbout.nodes.map(({ subject }: Answer) => subject)).toEqual([
			...Array(30).fill("slow"),
			...Array(customers.nodes.length).fill("billing"),
		]);
	});

	test("which takes no more statements for thirty objects than for two", async () => {
		const { resources } = await everything();
		const statements = (count: number) =>
			gateway().statementsOf(() => ask("demo_staff", about, { resources: resources.nodes.slice(0, count).map(({ uuid }: Answer) => uuid), customers: [] }));
		await statements(2);
		expect((await statements(30)).length).toBe((await statements(2)).length);
	});

	test("whoever does not sign in is refused by us, and answered by the desk", async () => {
		const answer = await send(
			undefined,
			`{ resource(uuid: "${demoHandles.resource}") { name } ticketsAbout(resources: [], customers: []) { nodes { subject } } }`,
		);
		expect([codesOf(answer), answer.data]).toEqual([["UNAUTHENTICATED"], { resource: null, ticketsAbout: { nodes: [] } }]);
	});

	test("an error of one field has its code and place, and leaves the others", async () => {
		const answer = await send("demo_owner", `{ gone: resource(uuid: "00000000-0000-4000-8000-000000000001") { name ticketCount } offeringUsagePolicyActions }`);
		expect(answer.errors?.map(({ path, extensions }) => [path, extensions["code"]])).toEqual([[["gone"], "NOT_FOUND"]]);
		expect(answer.data.offeringUsagePolicyActions.length).toBeGreaterThan(0);
	});

	test("a refused change is answered as typed data", async () => {
		const { setUsage: answer } = await ask(
			"demo_provider",
			"mutation ($input: SetUsageInput!) { setUsage(input: $input) { __typename ... on Error { code path } } }",
			{
				input: { resource: demoHandles.resource, usages: [{ type: demoHandles.componentType, amount: "-1" }] },
			},
		);
		expect(answer.code).toBe("INVALID_INPUT");
	});

	test("a router that we do not know is answered what anybody is, and no entities", async () => {
		const answer = await send("demo_owner", "{ ticketsAbout(resources: [], customers: []) { nodes { subject } } viewer { username } }", {}, "unknown");
		expect(answer).toMatchObject({ data: { viewer: { username: "owner" } } });
		const { data, errors } = await send("demo_owner", about, { resources: [demoHandles.resource], customers: [] }, "unknown");
		expect([data.ticketsAbout.nodes[0].resource, codesOf({ errors: errors ?? [] })]).toEqual([null, ["FORBIDDEN"]]);
	});

	test("what routers ask subgraphs by is not to be asked by its clients", async () => {
		const { data } = await send("demo_staff", "{ __schema { types { name } } }");
		expect(data.__schema.types.map(({ name }: Answer) => name).filter((name: string) => /^_[^_]/.test(name))).toEqual([]);
		expect((await send("demo_staff", "{ _service { sdl } }")).data).toBeUndefined();
	});

	describe.each(["sse", "ws"])("that follows us by %s", (way) => {
		const alerts = `subscription ($after: String) { policyFirings(after: $after) { ... on PolicyFiringEvent {
			position previous firing { kind policy { uuid } cause { resource { uuid ticketCount } } } } } }`;
		const report = (amount: string) =>
			gateway().ask("demo_provider", setUsage, { input: { resource: demoHandles.resource, usages: [{ type: demoHandles.componentType, amount }] } });
		const newest = async () => (await gateway().ask("demo_provider", "{ policyFirings(first: 1) { nodes { position } } }")).policyFirings.nodes[0].position;

		test("alerts arrive with what the desk knows, and are resumed after a position", async () => {
			const after = await newest();
			const events = await subscribeOverSse(routers[way] ?? "", "demo_provider", alerts, { after });
			await report(demoHandles.alertAmount);
			const { policyFirings: fired } = await events.next();
			await report(demoHandles.quietAmount);
			const { policyFirings: reset } = await events.next();
			events.stop();
			const again = await subscribeOverSse(routers[way] ?? "", "demo_provider", alerts, { after: fired.position });
			const { policyFirings: resumed } = await again.next();
			again.stop();

			expect([fired.previous, fired.firing.kind, reset.previous, reset.firing.kind]).toEqual([after, "FIRED", fired.position, "RESET"]);
			expect(fired.firing.cause.resource.ticketCount).toBe(Number.parseInt(demoHandles.resource[0] ?? "", 16));
			expect(resumed).toEqual(reset);
		});

		test("whoever does not sign in is refused", async () => {
			const headers = { "content-type": "application/json", accept: "text/event-stream" };
			const response = await fetch(routers[way] ?? "", { method: "POST", headers, body: JSON.stringify({ query: alerts }) });
			const [{ extensions }] = JSON.parse(/^data: (\{.*)$/m.exec(await response.text())?.[1] ?? "{}").errors;
			expect(extensions.code).toBe(way === "ws" ? "INTERNAL_SERVER_ERROR" : "UNAUTHENTICATED"); // of a socket, this router hides it
		});
	});
});
