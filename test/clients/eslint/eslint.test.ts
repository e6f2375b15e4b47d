import { execFile } from "node:child_process";
import { copyFile, rm } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { projectPath } from "../../../src/shared/project-root.ts";

const folder = projectPath("test", "clients", "eslint");

test("graphql-eslint finds nothing in the schema by its recommended rules and Relay's, but for the exceptions that its configuration gives reasons for", async () => {
	const copy = `${folder}/schema.graphql`; // it looks at what is below its configuration
	await copyFile(projectPath("schema.graphql"), copy);
	try {
		const eslint = `${folder}/node_modules/eslint/bin/eslint.js`;
		const { stdout } = await promisify(execFile)(process.execPath, [eslint, "--format", "json", "schema.graphql"], {
			cwd: folder,
			maxBuffer: 64 * 1024 * 1024,
		});
		const files = JSON.parse(stdout) as { messages: { ruleId: string; line: number; message: string }[] }[];
		expect(files).toHaveLength(1);
		expect(files.flatMap(({ messages }) => messages)).toEqual([]);
	} finally {
		await rm(copy, { force: true });
	}
});
