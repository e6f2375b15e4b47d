import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { buildSchema, parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import { raw } from "../../src/database/sql.ts";
import { failureCauses } from "../../src/domain/notification/notification.ts";
import { projectPath } from "../../src/shared/project-root.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { readme } from "../readme/document.ts";
import { freshDatabase } from "../support/database.ts";

const read = (...path: string[]) => readFileSync(projectPath(".deploy", ...path), "utf8");
const rules = read("prometheus-rules.yml");
const ruleTests = read("prometheus-rules.test.yml");
const dashboard = read("grafana-dashboard.json");
const pages = readdirSync(projectPath(".deploy", "runbook"));
const alerts = [...rules.matchAll(/^ +- alert: (\w+)$/gm)].map(({ 1: name = "" }) => name);

const hasPromtool = existsSync("/usr/bin/promtool");
const promtool = (...args: string[]) => execFileSync("/usr/bin/promtool", args, { encoding: "utf8", cwd: projectPath(".deploy"), stdio: "pipe" });

describe.skipIf(!hasPromtool)("promtool (skipped without Debian's package prometheus)", () => {
	test("finds nothing wrong with the rules", () => {
		expect(promtool("check", "rules", "prometheus-rules.yml")).toContain(`${alerts.length} rules found`);
	});

	test("finds nothing wrong with what is scraped, of which the rules are", () => {
		expect(promtool("check", "config", "prometheus-scrape.yml")).toContain("1 rule files found");
		const jobs = [...read("prometheus-scrape.yml").matchAll(/job_name: (\S+)/g)].map(({ 1: name }) => name);
		const named = [...rules.matchAll(/\bjob="([^"]+)"/g)].map(({ 1: name }) => name);
		expect([...new Set(named)]).toEqual(jobs);
	});

	test("finds that each alert fires when it is to, and not otherwise", () => {
		expect(promtool("test", "rules", "prometheus-rules.test.yml")).toContain("SUCCESS");
	});
});

test("each alert has a test in which it fires", () => {
	const fired = [...ruleTests.matchAll(/alertname: (\w+)\n +exp_alerts:\n +- exp_labels/g)].map(({ 1: name = "" }) => name);
	expect([...new Set(fired)].sort()).toEqual([...alerts].sort());
});

test("each alert has a page of the runbook, which its annotation names, and each page its alert", () => {
	expect(pages.map((page) => page.replace(/\.md$/, "")).sort()).toEqual([...alerts].sort());
	const named = [...rules.matchAll(/^ +runbook_url: (\S+)$/gm)].map(({ 1: path = "" }) => path);
	expect(named).toEqual(alerts.map((alert) => `.deploy/runbook/${alert}.md`));
	for (const path of named) expect(existsSync(projectPath(path))).toBe(true);
});

describe.each([
	["the rules", rules],
	["the rules' tests", ruleTests],
	["the dashboard", dashboard],
	...pages.map((page) => [page, read("runbook", page)] as const),
] as const)("of what %s name", (_, text) => {
	test("every metric is one of the service", async () => {
		const told = await createMetrics().text();
		const metrics = new Set(
			[...told.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = "", kind]) =>
				kind === "histogram" ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
			),
		);
		const named = [...text.matchAll(/\b(?:usage_gateway|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name);
		expect(named.filter((name) => !metrics.has(name))).toEqual([]);
	});

	test("every code of errors is one that is answered", () => {
		const codes = new Set(readme.namesUnder("Errors"));
		const named = [...text.matchAll(/\bcode=~?"([A-Z_|]+)"/g)].flatMap(({ 1: list = "" }) => list.split("|"));
		expect(named.filter((code) => !codes.has(code))).toEqual([]);
	});
});

test("the runbook names commands that there are, and pages that there are", () => {
	const programs = [...readFileSync(projectPath("src", "bundle.mjs"), "utf8").matchAll(/^\t"(.+)\.ts",$/gm)].map(({ 1: name = "" }) => name);
	const text = pages.map((page) => read("runbook", page)).join("\n");
	expect(text).not.toContain("npm run"); // there is no npm in the image
	expect([...text.matchAll(/node dist\/([a-z/-]+)\.js/g)].filter(({ 1: name = "" }) => !programs.includes(name))).toEqual([]);
	expect([...text.matchAll(/\]\((\w+\.md)\)/g)].filter(({ 1: page = "" }) => !pages.includes(page))).toEqual([]);
});

const blocksOf = (language: string) =>
	pages.flatMap((page) => [...read("runbook", page).matchAll(new RegExp(`^ *\`\`\`${language}\\n([^]*?)^ *\`\`\`$`, "gm"))].map(({ 1: block = "" }) => block));

test("the runbook's queries are of the schema", () => {
	const schema = buildSchema(readFileSync(projectPath("schema.graphql"), "utf8"));
	const queries = blocksOf("graphql");
	expect(queries.length).toBeGreaterThan(0);
	expect(queries.flatMap((query) => validate(schema, parse(query)).map(({ message }) => message))).toEqual([]);
});

test("the runbook's statements are of the database", async () => {
	const statements = blocksOf("sql");
	expect(statements.length).toBeGreaterThan(0);
	const database = await freshDatabase("empty");
	for (const statement of statements) await database.rows(raw(statement));
	await database.close();
});

test("the page about mails names every cause", () => {
	expect(failureCauses.filter((cause) => !read("runbook", "UsageGatewayMailsFailing.md").includes(`\`${cause}\``))).toEqual([]);
});

test("the dashboard shows every alert's metrics", () => {
	const inRules = new Set(rules.match(/usage_gateway_[a-z0-9_]+/g));
	expect([...inRules].filter((name) => !dashboard.includes(name))).toEqual([]);
});
