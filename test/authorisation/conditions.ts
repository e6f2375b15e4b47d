import { readdirSync } from "node:fs";
import {
	isArrowFunction,
	isBinaryExpression,
	isBindingElement,
	isCallExpression,
	isFunctionDeclaration,
	isIdentifier,
	isObjectLiteralExpression,
	isPropertyAccessExpression,
	isPropertyAssignment,
	isTaggedTemplateExpression,
	isVariableDeclaration,
	type Node,
	SyntaxKind,
} from "typescript/unstable/ast";
import { SymbolFlags } from "typescript/unstable/sync";
import { projectPath } from "../../src/shared/project-root.ts";
import { type CheckedProgram, eachNode, lineOf } from "../support/program.ts";

/** A place of the service that decides by who asks. */
export interface Condition {
	/** From src on. */
	readonly file: string;
	readonly line: number;
	readonly start: number;
	readonly end: number;
	readonly text: string;
	/** Whether a part of it can be what decides: which of the viewer's roles count. */
	readonly hasParts: boolean;
}

/** What a viewer is known by, and may do something for: everything but the moment and the name. */
function powersOf({ checker, source }: CheckedProgram): ReadonlySet<string> {
	let names: string[] = [];
	for (const statement of source("access/viewer.ts").statements) {
		if (statement.kind !== SyntaxKind.InterfaceDeclaration) continue;
		const type = checker.getTypeAtLocation(statement);
		if (type !== undefined && checker.typeToString(type) === "Viewer") names = checker.getPropertiesOfType(type).map(({ name }) => name);
	}
	if (!names.includes("isStaff")) throw new Error("src/access/viewer.ts has no interface Viewer.");
	return new Set(names.filter((name) => name !== "asOf" && name !== "username"));
}

/**
 * Every place that decides by who asks:
 *
 * - a property of the viewer is read, or taken out of it
 * - the viewer is given to a function of src/access that answers a condition or a boolean, or to a Visibility
 * - in src/access, a Visibility is passed on, and, where a function knows the viewer, something is compared, or a condition is
 *   written in SQL that does not name the viewer
 * - a list or a field is kept to what is seen (`sees`, `seenLink`, `visibleLink(…)`)
 */
export function conditionsOf(program: CheckedProgram): Condition[] {
	const powers = powersOf(program);
	const files = readdirSync(projectPath("src"), { recursive: true, encoding: "utf8" }).filter(
		(file) => file.endsWith(".ts") && !/^(generated|world|import)\//.test(file),
	);
	return files.sort().flatMap((file) => conditionsIn(program, file, powers));
}

function conditionsIn({ checker, source }: CheckedProgram, file: string, powers: ReadonlySet<string>): Condition[] {
	const tree = source(file);
	const isAccess = file.startsWith("access/");
	const found: Condition[] = [];
	const textOf = (node: Node) => tree.text.slice(node.getStart(tree), node.end);
	const add = (node: Node, hasParts = false) => {
		const start = node.getStart(tree);
		found.push({ file, line: lineOf(tree, start), start, end: node.end, text: textOf(node).replaceAll(/\s+/g, " "), hasParts });
	};
	const typeOf = (node: Node): string => {
		const type = checker.getTypeAtLocation(node);
		return type === undefined ? "" : checker.typeToString(type);
	};
	const isViewer = (node: Node) => /\bViewer\b/.test(typeOf(node));

	const isOfAccess = (callee: Node): boolean => {
		if (typeOf(callee) === "Visibility") return true;
		if (isAccess) return isIdentifier(callee);
		const symbol = checker.getSymbolAtLocation(isPropertyAccessExpression(callee) ? callee.name : callee);
		if (symbol === undefined) return false;
		const original = symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
		return original.declarations.some(({ path }) => path.includes("/src/access/"));
	};

	/** Whether a function around the node is given the viewer. */
	const knowsViewer = (node: Node): boolean => {
		for (let around: Node | undefined = node.parent; around !== undefined; around = around.parent) {
			if ((isArrowFunction(around) || isFunctionDeclaration(around)) && around.parameters.some(({ name }) => isViewer(name))) return true;
		}
		return false;
	};

	eachNode(tree, (node) => {
		if (isPropertyAccessExpression(node)) {
			if (powers.has(node.name.text) && (node.name.text !== "uuid" || isViewer(node.expression))) {
				let whole: Node = node;
				while ((isPropertyAccessExpression(whole.parent) || isCallExpression(whole.parent)) && whole.parent.expression === whole) whole = whole.parent;
				add(whole, whole !== node);
			}
		} else if (isBindingElement(node)) {
			const taken = node.propertyName ?? node.name;
			if (taken !== undefined && isIdentifier(taken) && powers.has(taken.text) && isViewer(node.parent)) add(node);
		} else if (isCallExpression(node)) {
			const decides = ["Sql", "Sql[]", "boolean"].includes(typeOf(node)) && node.arguments.some(isViewer) && isOfAccess(node.expression);
			if (decides || (isIdentifier(node.expression) && node.expression.text === "visibleLink")) add(node);
		} else if (isPropertyAssignment(node)) {
			const { name } = node;
			if (isIdentifier(name) && (name.text === "sees" || name.text === "seenLink")) add(node);
		} else if (isAccess && isIdentifier(node)) {
			const { parent } = node;
			const isNamed = (isVariableDeclaration(parent) || isPropertyAssignment(parent)) && (parent.name === node || isObjectLiteralExpression(parent.parent));
			const isCalled = isCallExpression(parent) && parent.expression === node;
			if (!isNamed && !isCalled && typeOf(node) === "Visibility" && parent.kind !== SyntaxKind.Parameter) add(node);
		} else if (isAccess && isBinaryExpression(node)) {
			const { kind } = node.operatorToken;
			if ([SyntaxKind.EqualsEqualsEqualsToken, SyntaxKind.ExclamationEqualsEqualsToken].includes(kind) && knowsViewer(node)) add(node);
		} else if (isAccess && isTaggedTemplateExpression(node)) {
			const isCondition = /[ =<>(]/.test(
				textOf(node)
					.slice(4, -1)
					.replaceAll(/\$\{[^}]*\}/g, ""),
			);
			if (isCondition && !/\bviewer\b/.test(textOf(node)) && knowsViewer(node)) add(node, true);
		}
	});
	return found;
}
