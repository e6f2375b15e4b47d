import { basename } from "node:path";
import { OperationTypeNode } from "graphql";
import type { TrustedOperation } from "./prepare-trusted.ts";
import { shown } from "./shown.ts";

/** What the service says of its trusted documents at its start: a line for all, and one for each of their operations. */
export function trustedLines(operations: readonly TrustedOperation[]): readonly string[] {
	if (operations.length === 0) return [];
	return [`Trusted documents: ${operations.length} operations; no others are answered, but for staff`, ...operations.map(lineOf)];
}

function lineOf({ id, file, name, type, cost, hasVariables, statements }: TrustedOperation): string {
	const price = `costs ${cost}${hasVariables ? " with the defaults of its variables" : ""}`;
	const way = statements === undefined ? (type === OperationTypeNode.QUERY ? "not planned" : undefined) : `planned, ${statements} statements at most`;
	return `  ${type} ${name ?? "without a name"} (${basename(file)}, ${shown(id)}) ${[price, way].filter((part) => part !== undefined).join("; ")}`;
}
