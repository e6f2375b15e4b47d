import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { projectPath } from "../../src/shared/project-root.ts";
import { filesOf } from "./assembled.ts";
import { readImage } from "./manifests.ts";

const { instructions } = readImage();
const { engines } = JSON.parse(readFileSync(projectPath("package.json"), "utf8"));
const stages = instructions.flatMap(({ name, text }, index) => (name === "FROM" ? { text, index } : []));
const [build = [], run = []] = stages.map(({ index }, stage) => instructions.slice(index, stages[stage + 1]?.index));
const textsOf = (stage: typeof instructions, name: string) => stage.filter((instruction) => instruction.name === name).map(({ text }) => text);
const sourcesOf = (copy: string) => copy.split(" ").slice(0, -1);
const copies = textsOf(build, "COPY");

describe(".deploy/Containerfile", () => {
	test("is of a Node that is given, by default one that the service runs on and that is supported", () => {
		const [, name, major] = /^(\w+)=(\d+)$/.exec(instructions[0]?.text ?? "") ?? [];
		expect({ first: instructions[0]?.name, name }).toEqual({ first: "ARG", name: "NODE" });
		expect(Number(major)).toBeGreaterThan(Number.parseInt(engines.node.replace(">=", ""), 10));
		expect(Number(major) % 2).toBe(0); // the ones that are supported for years
		for (const { text } of stages) expect(text).toMatch(/^docker\.io\/library\/node:\$\{NODE\}-/);
	});

	test("copies what is there, and what its list of ignored files lets by", () => {
		const listed = readFileSync(projectPath(".deploy", "Containerfile.dockerignore"), "utf8").trim().split("\n");
		expect(listed[0]).toBe("*");
		for (const source of copies.flatMap(sourcesOf)) {
			expect([source, existsSync(projectPath(source))]).toEqual([source, true]);
			expect(listed).toContain(`!${source}`);
		}
		const [from = "", path] = textsOf(run, "COPY")[0]?.split(" ") ?? [];
		expect(stages[0]?.text).toMatch(new RegExp(` AS ${from.replace("--from=", "")}$`));
		expect(textsOf(build, "RUN").at(-1)).toBe(`.deploy/assemble ${path}`);
	});

	test("runs as no privileged user, is stopped by SIGTERM and asked for its health, and its command is one that is bundled", () => {
		expect(textsOf(run, "USER")).toEqual(["node"]);
		expect(run.findIndex(({ name }) => name === "USER")).toBeGreaterThan(run.findLastIndex(({ name }) => name === "RUN" || name === "COPY"));
		expect(textsOf(run, "STOPSIGNAL")).toEqual(["SIGTERM"]);
		expect(textsOf(run, "HEALTHCHECK")).toEqual([expect.stringContaining("/health/live")]);
		const [command = "", ...args] = JSON.parse(textsOf(run, "CMD")[0] ?? "");
		expect({ command, program: existsSync(projectPath(args.at(-1))) }).toEqual({ command: "node", program: true });
	});
});

// It installs all packages anew.
test.skipIf(process.env["DEPLOY_LONG"] === undefined)(
	"the steps of the image's build, done by hand, assemble what the project's folder does (skipped without DEPLOY_LONG)",
	async () => {
		const place = mkdtempSync(join(tmpdir(), "usage-gateway-image-"));
		onTestFinished(() => rmSync(place, { recursive: true, force: true }));
		const context = join(place, "build");
		mkdirSync(context);
		const env = { ...process.env, SOURCE_COMMIT: "the same" };
		for (const { name, text } of build) {
			if (name === "COPY") {
				const target = text.split(" ").at(-1) ?? "";
				for (const source of sourcesOf(text))
					cpSync(projectPath(source), join(context, target.endsWith("/") ? join(target, basename(source)) : target), {
						recursive: true,
						filter: (path) => !path.includes(join("src", "generated")),
					});
			}
			if (name === "RUN") execFileSync("sh", ["-c", text.replace("/assembled", join(place, "assembled"))], { cwd: context, stdio: "pipe", env });
		}
		execFileSync(projectPath(".deploy", "assemble"), [join(place, "here")], { stdio: "pipe", env });
		expect(await filesOf(join(place, "assembled"))).toEqual(await filesOf(join(place, "here")));
	},
	900_000,
);
