import { readFileSync } from "node:fs";
import { projectPath } from "../../src/shared/project-root.ts";

/** A parameter or a field of a published operation. */
export interface Published {
	readonly kind: "path" | "query" | "body" | "answer";
	/** Fields of objects in a list are named as "usages.type". */
	readonly name: string;
	readonly type: string;
	readonly isRequired: boolean;
	/** What answers it here. */
	readonly answeredBy: string;
}

/** An operation of the published pages. */
export interface PublishedOperation {
	readonly name: string;
	readonly method: string;
	readonly path: string;
	readonly status: number;
	readonly rows: readonly Published[];
}

const operationLine = /^(GET|POST|PUT|PATCH|DELETE) (\S+) (\d{3}): (.+)$/;
const rowLine = /^(path|query|body|answer) (\S+) ([^:!]+)(!?): (.+)$/;

/** All of published.txt. */
export const published: readonly PublishedOperation[] = read(readFileSync(projectPath("test", "rest", "published.txt"), "utf8"));

function read(text: string): PublishedOperation[] {
	const operations: (PublishedOperation & { rows: Published[] })[] = [];
	for (const line of text.split("\n")) {
		const [, method = "", path = "", status] = operationLine.exec(line) ?? [];
		const [, kind, name = "", type = "", required, answeredBy = ""] = rowLine.exec(line) ?? [];
		if (status !== undefined) operations.push({ name: `${method} ${path}`, method, path, status: Number(status), rows: [] });
		else if (kind !== undefined) operations.at(-1)?.rows.push({ kind: kind as Published["kind"], name, type, isRequired: required === "!", answeredBy });
	}
	return operations;
}
