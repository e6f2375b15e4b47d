import { readdirSync } from "node:fs";
import {
	type CallExpression,
	isCallExpression,
	isConditionalExpression,
	isFunctionDeclaration,
	isIdentifier,
	isNoSubstitutionTemplateLiteral,
	isPropertyAccessExpression,
	isTaggedTemplateExpression,
	isTemplateExpression,
	isVariableDeclaration,
	type Node,
	type SourceFile,
} from "typescript/unstable/ast";
import { type Checker, SymbolFlags, type Type, TypeFlags, type TypeReference } from "typescript/unstable/sync";
import { projectPath } from "../../../src/shared/project-root.ts";
import { type CheckedProgram, eachNode, lineOf } from "../../support/program.ts";
import { unknownPart } from "./output-columns.ts";

/** A call of `rows` whose rows have a type. */
export interface RowsCall {
	/** From src on, and the function that it stands in. */
	readonly place: string;
	readonly line: number;
	/** The properties that the type names, each with the kinds of value that it may be. */
	readonly properties: ReadonlyMap<string, readonly string[]>;
	/** The statement, with `unknownPart` for what is made elsewhere. */
	readonly statement: string;
}

/** Every call of `rows` in src whose rows are of a type that names properties, said or inferred. */
export function rowsCalls(program: CheckedProgram): RowsCall[] {
	const files = readdirSync(projectPath("src"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts") && !file.startsWith("generated"));
	return files.sort().flatMap((file) => callsIn(program, file));
}

function callsIn(program: CheckedProgram, file: string): RowsCall[] {
	const tree = program.source(file);
	const found: RowsCall[] = [];
	if (!/\brows[<(]/.test(tree.text)) return found;
	eachNode(tree, (node) => {
		if (!isCallExpression(node) || !isPropertyAccessExpression(node.expression) || node.expression.name.text !== "rows") return;
		const row = rowOf(program, node);
		if (row === undefined) return;
		const { checker } = program;
		const properties = new Map(
			checker.getPropertiesOfType(row).map((property) => {
				const type = checker.getTypeOfSymbol(property);
				return [property.name, type === undefined ? ["unknown"] : kindsOf(checker, type)] as const;
			}),
		);
		if (properties.size === 0) return; // nothing is read of the rows, or what passes them on says nothing of them
		const [statement] = node.arguments;
		const parameters = { count: 0 };
		found.push({
			place: `${file} ${functionAround(node)}`,
			line: lineOf(tree, node.getStart(tree)),
			properties,
			statement: statement === undefined ? unknownPart : textOf(program, tree, statement, parameters),
		});
	});
	return found;
}

/** The type of the rows that the call resolves to; undefined when it is no statement that is run. */
function rowOf({ checker }: CheckedProgram, call: CallExpression): Type | undefined {
	const [list] = typeArguments(call);
	if (list === undefined) return undefined;
	return checker.getTypeArguments(list as TypeReference)[0];

	function typeArguments(node: Node): readonly Type[] {
		const type = checker.getTypeAtLocation(node);
		return type !== undefined && /^Promise<.*\[\]>$/s.test(checker.typeToString(type)) ? checker.getTypeArguments(type as TypeReference) : [];
	}
}

/** The kinds of value that the type allows. */
function kindsOf(checker: Checker, type: Type): string[] {
	if (type.isUnionType()) return [...new Set(type.getTypes().flatMap((member) => kindsOf(checker, member)))];
	const { flags } = type;
	if (flags & TypeFlags.StringLike) return ["string"];
	if (flags & TypeFlags.NumberLike) return ["number"];
	if (flags & TypeFlags.BooleanLike) return ["boolean"];
	if (flags & TypeFlags.Null) return ["null"];
	if (flags & (TypeFlags.AnyOrUnknown | TypeFlags.TypeParameter)) return ["unknown"];
	if (checker.isArrayType(type)) return ["list"];
	const text = checker.typeToString(type);
	return [/^(Uint8Array|Buffer)\b/.test(text) ? "bytes" : text];
}

/** The outermost function, or constant, that the node stands in. */
function functionAround(node: Node): string {
	let name = "";
	for (let around: Node | undefined = node.parent; around !== undefined; around = around.parent) {
		if ((isFunctionDeclaration(around) || isVariableDeclaration(around)) && around.name !== undefined && isIdentifier(around.name)) name = around.name.text;
	}
	return name;
}

/** What the expression makes of a statement: values are parameters, and parts that stand somewhere near are written out. */
function textOf(program: CheckedProgram, tree: SourceFile, node: Node, parameters: { count: number }): string {
	const { checker } = program;
	if (isTaggedTemplateExpression(node)) {
		const { template } = node;
		if (isNoSubstitutionTemplateLiteral(template)) return template.text;
		if (!isTemplateExpression(template)) return unknownPart;
		return template.templateSpans.reduce((text, { expression, literal }) => {
			const type = checker.getTypeAtLocation(expression);
			const isPart = type !== undefined && /\bSql\b/.test(checker.typeToString(type));
			parameters.count += isPart ? 0 : 1;
			return `${text}${isPart ? textOf(program, tree, expression, parameters) : `$${parameters.count}`}${literal.text}`;
		}, template.head.text);
	}
	if (isConditionalExpression(node)) {
		const first = textOf(program, tree, node.whenTrue, parameters);
		return first.includes(unknownPart) ? textOf(program, tree, node.whenFalse, parameters) : first;
	}
	if (isIdentifier(node)) {
		const symbol = checker.getSymbolAtLocation(node);
		if (symbol !== undefined && !(symbol.flags & SymbolFlags.Alias)) {
			let initializer: Node | undefined;
			eachNode(tree, (other) => {
				if (isVariableDeclaration(other) && isIdentifier(other.name) && other.name.text === node.text && checker.getSymbolAtLocation(other.name) === symbol)
					initializer = other.initializer;
			});
			if (initializer !== undefined && initializer !== node) return textOf(program, tree, initializer, parameters);
		}
	}
	return unknownPart;
}
