import { createHash } from "node:crypto";
import {
	type ArgumentNode,
	type DirectiveNode,
	type DocumentNode,
	type ExecutionArgs,
	getOperationAST,
	Kind,
	type OperationDefinitionNode,
	print,
	type SelectionNode,
	type SelectionSetNode,
	type ValueNode,
} from "graphql";
import type { Context } from "../graphql/context.ts";
import { fragmentsOf } from "../shared/fragments.ts";
import { after } from "./operation.ts";

/**
 * A key that subscriptions with the same events have in common: of the viewer, what is asked, and the variables in it. What
 * makes no difference to an event does not count: the names of the operation, of variables and of fragments, what is not used,
 * the order of arguments, and where to go on from. Different viewers never have it in common, whatever their roles.
 */
export function sharedKey({ document, operationName, variableValues, contextValue }: ExecutionArgs): string {
	const { viewer } = contextValue as Context;
	const operation = getOperationAST(document, operationName);
	if (operation == null) return "";
	const { text, variables } = normalFormOf(document, operation);
	const values = variables.map((name) => (Object.hasOwn(variableValues ?? {}, name) ? [ordered(variableValues?.[name])] : null));
	return createHash("sha256")
		.update(JSON.stringify([viewer.uuid, text, values]))
		.digest("base64");
}

/** What is asked, without what makes no difference, and the names of the variables in it. */
interface NormalForm {
	readonly text: string;
	readonly variables: readonly string[];
}

const known = new WeakMap<OperationDefinitionNode, NormalForm>();

function normalFormOf(document: DocumentNode, operation: OperationDefinitionNode): NormalForm {
	const present = known.get(operation) ?? normalForm(document, operation);
	known.set(operation, present);
	return present;
}

/** Takes as long as the document is: each fragment is written once, where it is spread first. */
function normalForm(document: DocumentNode, operation: OperationDefinitionNode): NormalForm {
	const fragments = fragmentsOf(document);
	const numbers = { fragment: new Map<string, number>(), variable: new Map<string, number>() };
	const numberOf = (kind: keyof typeof numbers, name: string): number => {
		const number = numbers[kind].get(name) ?? numbers[kind].size;
		numbers[kind].set(name, number);
		return number;
	};

	function valueText(node: ValueNode): string {
		if (node.kind === Kind.VARIABLE) return `$${numberOf("variable", node.name.value)}`;
		if (node.kind === Kind.LIST) return `[${node.values.map(valueText).join()}]`;
		if (node.kind !== Kind.OBJECT) return node.kind === Kind.STRING ? JSON.stringify(node.value) : print(node);
		return `{${byName(node.fields)
			.map(({ name, value }) => `${name.value}:${valueText(value)}`)
			.join()}}`;
	}

	const argumentsText = (nodes: readonly ArgumentNode[] = []): string =>
		`(${byName(nodes)
			.map(({ name, value }) => `${name.value}:${valueText(value)}`)
			.join()})`;

	const directivesText = (nodes: readonly DirectiveNode[] = []): string => nodes.map((node) => `@${node.name.value}${argumentsText(node.arguments)}`).join("");

	const selectionsText = ({ selections }: SelectionSetNode, isRoot: boolean): string => `{${selections.map((node) => selectionText(node, isRoot)).join(" ")}}`;

	function selectionText(node: SelectionNode, isRoot: boolean): string {
		const directives = directivesText(node.directives);
		if (node.kind === Kind.INLINE_FRAGMENT) return `...on ${node.typeCondition?.name.value ?? ""}${directives}${selectionsText(node.selectionSet, isRoot)}`;
		const name = node.name.value;
		if (node.kind === Kind.FRAGMENT_SPREAD) {
			const isFirst = !numbers.fragment.has(name);
			const spread = `...${numberOf("fragment", name)}${directives}`;
			const fragment = fragments.get(name);
			return isFirst && fragment !== undefined ? `${spread} on ${fragment.typeCondition.name.value}${selectionsText(fragment.selectionSet, isRoot)}` : spread;
		}
		const counted = isRoot ? node.arguments?.filter((argument) => argument.name.value !== after) : node.arguments;
		return `${node.alias?.value ?? name}:${name}${argumentsText(counted)}${directives}${node.selectionSet === undefined ? "" : selectionsText(node.selectionSet, false)}`;
	}

	const asked = `${directivesText(operation.directives)}${selectionsText(operation.selectionSet, true)}`;
	const definitions = new Map(operation.variableDefinitions?.map((node) => [node.variable.name.value, node]));
	const variables = [...numbers.variable.keys()];
	const types = variables.map((name) => {
		const definition = definitions.get(name);
		return definition === undefined ? "" : `${print(definition.type)}=${definition.defaultValue === undefined ? "" : valueText(definition.defaultValue)}`;
	});
	return { text: `${types.join()}${asked}`, variables };
}

const byName = <Node extends { readonly name: { readonly value: string } }>(nodes: readonly Node[]): Node[] =>
	[...nodes].sort((one, other) => (one.name.value < other.name.value ? -1 : 1));

/** The same value with the fields of its objects in order. */
function ordered(value: unknown): unknown {
	if (typeof value !== "object" || value === null) return value;
	if (Array.isArray(value)) return value.map(ordered);
	return Object.entries(value)
		.sort(([one], [other]) => (one < other ? -1 : 1))
		.map(([name, inner]) => [name, ordered(inner)]);
}
