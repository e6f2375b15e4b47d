import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { buildSchema, GraphQLEnumType, GraphQLUnionType } from "graphql";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { parseCommand as importCommand, sourceOf } from "../../src/import/command.ts";
import { importDataset } from "../../src/import/import.ts";
import { summaryTable } from "../../src/import/progress.ts";
import * as limits from "../../src/server/limits/limits.ts";
import { exitCodes } from "../../src/shared/failure.ts";
import { projectPath } from "../../src/shared/project-root.ts";
import { differentPerToken } from "../../src/subscriptions/distinct.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { parseCommand as worldCommand } from "../../src/world/command.ts";
import { demoHandles } from "../../src/world/demo.ts";
import { demoTokens } from "../../src/world/fill-demo.ts";
import { generateWorld } from "../../src/world/world.ts";
import { freshDatabase } from "../support/database.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { demoMoment } from "../support/moments.ts";
import { type Block, page, pages, readme } from "./document.ts";

const gateway = gatewayForFile({ template: "demo" });
const { scripts, dependencies, engines } = JSON.parse(readFileSync(projectPath("package.json"), "utf8"));

const address = "127.0.0.1:4000";
const here = (text: string) => text.replaceAll(address, new URL(gateway().url).host);

const operating = page(".deploy/README.md");
const code = page("src/README.md");

// In the order of the pages, and of each: what is read after a report shows what the report did.
describe("every query and curl command answers what its page shows", () => {
	const isRun = ({ language, text }: Block) => language === "graphql" || (language === "sh" && text.startsWith("curl "));
	const run = pages.flatMap(({ path, blocks }) => blocks.filter(isRun).map((block) => [path, block.line, block] as const));

	test.each(run)("%s, line %i", async (_path, _line, { language, text, answer }) => {
		const answered = language === "graphql" ? await gateway().send(tokenOf(text), text) : await curl(text);
		const { extensions, ...shown } = answered;
		expect(shown).toEqual(JSON.parse(answer));
		expect(extensions?.["cost"]).toMatchObject({ limit: expect.any(Number) });
	});
});

const tokenOf = (query: string) => /^# Authorization: Token (\w+)$/m.exec(query)?.[1];

/** curl would ask a proxy of the environment even for this computer. */
const withoutProxy = { ...process.env, no_proxy: "127.0.0.1" };

/** Runs a curl command as a shell does, against this test's service. */
const curl = async (command: string): Promise<Answer> => JSON.parse((await promisify(execFile)("sh", ["-c", here(command)], { env: withoutProxy })).stdout);

test("the program that subscribes prints the alerts of the reports, and goes on after a position", async () => {
	const program = readme.blockWith("js", "graphql-ws");
	const shown = program.answer.trim().split("\n").map(withoutPosition);
	const reports = ["50001.00", "1250.5"].map((amount) => readme.blockWith("sh", amount).text);

	const live = run(program.text);
	// A live subscription has no sign of being under way but its events. Three of them hold a FIRED and the RESET after it.
	while (live.lines.length < 3) for (const report of reports) await curl(report);
	const [fired = "", reset = ""] = live.lines.slice(live.lines.findIndex((line) => line.includes("FIRED")));
	const resumed = run(program.text, JSON.parse(fired).position);
	await expect.poll(() => resumed.lines[0], { timeout: 120_000 }).toBe(reset);

	expect([fired, reset].map(withoutPosition)).toEqual(shown);
});

/** What was printed, but for the position: the page says that it differs. */
const withoutPosition = (line: string) => ({ ...JSON.parse(line), position: "" });

/** Runs a program of the page until the test ends, from a folder in which Node finds the project's packages. */
function run(text: string, ...args: string[]): { readonly lines: readonly string[] } {
	const folder = scratch();
	writeFileSync(join(folder, "program.mjs"), here(text));
	const child = spawn(process.execPath, [join(folder, "program.mjs"), ...args], { stdio: ["ignore", "pipe", "inherit"] });
	onTestFinished(() => void child.kill());
	const lines: string[] = [];
	createInterface(child.stdout).on("line", (line) => lines.push(line));
	return {
		get lines() {
			if (child.exitCode !== null) throw new Error("The program has ended.");
			return lines;
		},
	};
}

/** A folder inside the project that is gone when the test ends. */
function scratch(): string {
	const cache = projectPath("node_modules", ".cache");
	mkdirSync(cache, { recursive: true });
	const folder = mkdtempSync(join(cache, "readme-"));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

test("importing the world that its page makes prints the table that the page shows", async () => {
	const { text, answer } = page("src/import/README.md").blockWith("sh", "npm run world");
	const argumentsOf = (command: string) => new RegExp(`npm run ${command} -- (.+)$`, "m").exec(text)?.[1]?.split(" ") ?? [];
	const folder = scratch();
	const database = await freshDatabase("empty");
	const world = worldCommand(argumentsOf("world"), demoMoment.now);
	const { source } = importCommand(argumentsOf("import"));

	expect(source).toBe(world.folder);
	await generateWorld({ ...world, folder });
	const summary = await importDataset({ database, source: sourceOf(folder, undefined), timeZone: "UTC", evaluatePolicies: async () => {} });
	await database.close();

	expect(`${summaryTable(summary)}\n`).toBe(answer);
});

describe("the pages name", () => {
	test("every command of package.json once, for operators or for development, and no other", () => {
		const commands = [...operating.namesUnder("Commands"), ...code.namesUnder("Commands for development")];
		expect(commands.sort()).toEqual(Object.keys(scripts).sort());
	});

	test("no command that package.json does not have", () => {
		const mentioned = pages.flatMap(({ text }) => [...text.matchAll(/npm run (?:--silent )?([a-z][a-z:-]*)/g)].map(({ 1: name = "" }) => name));
		expect(mentioned.filter((name) => !(name in scripts))).toEqual([]);
	});

	test("the program of every command of operators, as it is bundled", () => {
		const bundled = [...readFileSync(projectPath("src", "bundle.mjs"), "utf8").matchAll(/^\t"(.+)\.ts",$/gm)].map(({ 1: name = "" }) => `dist/${name}.js`);
		expect(
			operating
				.rowsUnder("Commands")
				.map(([, program]) => program)
				.sort(),
		).toEqual(bundled.sort());
	});

	test("every variable of the configuration with its default, and no other", () => {
		const read = new Set(["WALDUR_TOKEN", "WALDUR_TOKEN_FILE"]);
		parseConfig(new Proxy({}, { get: (_, name) => void read.add(String(name)) }));
		expect(operating.namesUnder("Configuration").sort()).toEqual([...read].sort());

		const { host, port, timeZone, database, mailFrom, alertRetention, maxCost, operationTimeout, costPerSecond, connections, drain, importMaxWait } =
			parseConfig({});
		const { database: server } = parseConfig({ DATABASE_URL: "postgresql://db/usage" });
		if (server.kind !== "server") throw new Error("A DATABASE_URL names a server.");
		const defaults = {
			HOST: host,
			PORT: port,
			TIME_ZONE: timeZone,
			SMTP_FROM: mailFrom,
			ALERT_RETENTION: alertRetention,
			COST_LIMIT: maxCost,
			RATE_LIMIT: costPerSecond,
			DRAIN_SECONDS: drain / 1_000,
			IMPORT_MAX_WAIT: importMaxWait / 1_000,
			CONNECTION_LIMIT: connections.all,
			ADDRESS_CONNECTION_LIMIT: connections.perAddress,
			OPERATION_TIMEOUT: operationTimeout / 1_000,
			POOL_SIZE: server.poolSize,
			STATEMENT_TIMEOUT: server.statementTimeout / 1_000,
			DATA_DIR: database.kind === "embedded" && database.directory,
		};
		for (const [name, value] of Object.entries(defaults)) expect(operating.section("Configuration")).toContain(`| \`${name}\` | \`${value}\` |`);
	});

	test("the limits of connections as they are", () => {
		const figures = page("src/server/README.md").section("Limits").replaceAll(",", "");
		for (const text of [
			`| connections of a token | ${limits.connectionsPerToken} `,
			`| tokens of a WebSocket | ${limits.tokensPerSocket} `,
			`| subscriptions of a WebSocket | ${limits.subscriptionsPerSocket} `,
			`| different subscriptions of a token | ${differentPerToken} `,
			`| until a WebSocket is initialised | ${limits.initialisedWithin / 1_000} seconds`,
			`${limits.signedInWithin / 1_000} seconds until somebody has signed in on it`,
			`${limits.betweenPings / 1_000} seconds to answer a ping`,
			`| connections of an address | ${parseConfig({}).connections.perAddress} `,
			`| connections in all | ${parseConfig({}).connections.all} `,
			`${limits.connectionTimeouts.headersTimeout / 1_000} seconds for its headers ${limits.connectionTimeouts.requestTimeout / 1_000} for all of it`,
			`${limits.connectionTimeouts.timeout / 1_000} while an answer is not taken`,
			`${limits.connectionTimeouts.keepAliveTimeout / 1_000} seconds between two requests`,
		])
			expect(figures).toContain(text);
	});

	test("every exit code, and no other", () => {
		expect(operating.namesUnder("Exit codes").map(Number).sort()).toEqual([0, ...Object.values(exitCodes), 130, 143].sort());
	});

	test("every package that the service needs, and no other", () => {
		expect(code.namesUnder("Dependencies").sort()).toEqual(Object.keys(dependencies).sort());
	});

	test("every metric, and no other", async () => {
		const told = await createMetrics().text();
		const metrics = [...told.matchAll(/^# TYPE (usage_gateway_\w+)/gm)].map(({ 1: name = "" }) => name);
		expect(operating.namesUnder("Metrics").sort()).toEqual(metrics.sort());
	});

	test("every folder of src, and no other", () => {
		const folders = readdirSync(projectPath("src"), { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== "generated");
		expect(readme.namesUnder("Map").sort()).toEqual(folders.map(({ name }) => name).sort());
	});

	test("every noun of the domain, and no other", () => {
		const [listed = ""] = code.section("Nouns").split("\n\n").slice(1);
		const folders = readdirSync(projectPath("src", "domain"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
		const named = [...listed.matchAll(/`([a-z-]+)`/g)].map(({ 1: name = "" }) => name);
		expect(named.sort()).toEqual(folders.map(({ name }) => name).sort());
	});

	test("every token of the demo, and no other", () => {
		expect(readme.namesUnder("Run it").sort()).toEqual([...demoTokens].sort());
		expect(readme.section("Run it")).toContain(`Demo tokens: ${demoTokens.join(", ")} (`);
	});

	test("every code of errors, and whether it is data or in errors, and no other", () => {
		const schema = buildSchema(readFileSync(projectPath("schema.graphql"), "utf8"));
		const typed = schema.getType("ErrorCode");
		if (!(typed instanceof GraphQLEnumType)) throw new Error("The schema has the enumeration ErrorCode.");
		const data = new Set(typed.getValues().map(({ name }) => name));
		const sources = ["errors.ts", "error-codes.ts", "mask-error.ts"].map((file) => readFileSync(projectPath("src", "graphql", file), "utf8"));
		const top = new Set(sources.flatMap((text) => [...text.matchAll(/"([A-Z][A-Z_]{5,})"/g)].map(({ 1: code = "" }) => code)));
		const where = (code: string) => [data.has(code) && "data", top.has(code) && "errors"].filter(Boolean).join(", ");

		const named = readme.rowsUnder("Errors").map(([code = "", place]) => [code, place]);
		expect(named.sort()).toEqual([...new Set([...data, ...top])].map((code) => [code, where(code)]).sort());
	});

	test("every type of error that a mutation answers", () => {
		const schema = buildSchema(readFileSync(projectPath("schema.graphql"), "utf8"));
		const unions = Object.values(schema.getTypeMap()).filter((type) => type instanceof GraphQLUnionType);
		const errors = new Set(unions.flatMap((union) => union.getTypes()).flatMap(({ name }) => (name.endsWith("Error") ? name : [])));
		expect([...errors].filter((name) => !readme.text.includes(`\`${name}\``))).toEqual([]);
	});

	test("the version of Node that package.json asks for", () => {
		expect(readme.text).toContain(`Node ${engines.node.replace(">=", "")} or newer`);
	});

	test("the demo's own resource, policy and amounts", () => {
		for (const handle of [demoHandles.resource, demoHandles.alertAmount, demoHandles.quietAmount]) expect(readme.text).toContain(`"${handle}"`);
		expect(page("src/domain/README.md").text).toContain(`"${demoHandles.policy}"`);
	});
});

describe.each(pages)("$path", ({ path, links, files }) => {
	test("links to files and headings that there are", () => {
		const broken = links.filter(({ path, anchor }) => !existsSync(projectPath(path)) || (anchor !== "" && !page(path).anchors.includes(anchor)));
		expect(broken.map((link) => `${path}, line ${link.line}: ${link.path}#${link.anchor}`)).toEqual([]);
	});

	test("names files that there are", () => {
		expect(files.filter((file) => !existsSync(projectPath(file)))).toEqual([]);
	});
});

test("every README.md of a folder is linked to by another page", () => {
	const linked = new Set(pages.flatMap(({ path, links }) => links.map((link) => link.path).filter((target) => target !== path)));
	const unlinked = pages.filter(({ path }) => path.endsWith("README.md") && path !== readme.path && !linked.has(path));
	expect(unlinked.map(({ path }) => path)).toEqual([]);
});

test("README.md is what a newcomer reads first: at most 250 lines", () => {
	expect(readme.text.split("\n").length).toBeLessThanOrEqual(250);
});
