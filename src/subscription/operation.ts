import {
	type DocumentNode,
	type ExecutionArgs,
	type FieldNode,
	type FragmentDefinitionNode,
	getArgumentValues,
	getOperationAST,
	getVariableValues,
	Kind,
	type OperationDefinitionNode,
	type SelectionSetNode,
	visit,
} from "graphql";
import type { Context } from "../graphql/context.ts";
import { badUserInput } from "../graphql/errors.ts";
import { type Position, parsedPosition } from "../log/log.store.ts";

/** The argument of a subscription that tells where in the log to go on from. */
const after = "after";

/**
 * Where the client wants to go on from: what its stream of server-sent events sends, or the operation's argument `after`;
 * undefined for live only. Throws BAD_USER_INPUT for what is no position.
 */
export function givenPosition(args: ExecutionArgs): Position | undefined {
	const { lastEventId } = args.contextValue as Context;
	const text = lastEventId ?? argumentAfter(args);
	if (typeof text !== "string") return undefined;
	const position = parsedPosition(text);
	if (position === undefined) throw badUserInput(`${JSON.stringify(text.slice(0, 40))} is not a position of the log: pass one that an event or a firing had.`);
	return position;
}

/** What is wrong with the variables or the arguments is left to be found, and told, when the operation is begun. */
function argumentAfter({ schema, document, operationName, variableValues }: ExecutionArgs): unknown {
	const operation = getOperationAST(document, operationName);
	const field = operation && rootField(document, operation.selectionSet);
	const definition = field && schema.getSubscriptionType()?.getFields()[field.name.value];
	if (!definition) return undefined;
	const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {});
	if (errors !== undefined) return undefined;
	try {
		return getArgumentValues(definition, field, coerced)[after];
	} catch {
		return undefined;
	}
}

/**
 * Names what two subscriptions have in common that are told the same: the document, the operation, the variables but the
 * one that says where to go on from, and the viewer. Different viewers never have it in common, whatever their roles.
 */
export function sharedKey({ document, operationName, variableValues, contextValue }: ExecutionArgs): string {
	const { viewer } = contextValue as Context;
	const operation = getOperationAST(document, operationName);
	const place = operation ? variableForAfter(document, operation) : undefined;
	const variables = Object.entries(variableValues ?? {}).filter(([name]) => name !== place);
	return JSON.stringify([viewer.uuid, numberOf(document), operationName ?? null, variables.sort(([one], [other]) => (one < other ? -1 : 1))]);
}

/** The variable that is the position to go on from, and nothing else. */
function variableForAfter(document: DocumentNode, operation: OperationDefinitionNode): string | undefined {
	const value = rootField(document, operation.selectionSet)?.arguments?.find(({ name }) => name.value === after)?.value;
	if (value?.kind !== Kind.VARIABLE) return undefined;
	let uses = 0;
	visit(document, {
		VariableDefinition: () => false,
		Variable: ({ name }) => {
			if (name.value === value.name.value) uses++;
		},
	});
	return uses === 1 ? value.name.value : undefined;
}

/** The one field that a subscription has at its root, be it behind fragments. */
function rootField(document: DocumentNode, { selections }: SelectionSetNode): FieldNode | undefined {
	for (const selection of selections) {
		const inner = selection.kind === Kind.FRAGMENT_SPREAD ? fragmentOf(document, selection.name.value) : selection;
		const field = inner?.kind === Kind.FIELD ? inner : inner && rootField(document, inner.selectionSet);
		if (field !== undefined) return field;
	}
	return undefined;
}

const fragmentOf = ({ definitions }: DocumentNode, name: string): FragmentDefinitionNode | undefined =>
	definitions.find((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name);

const numbers = new WeakMap<DocumentNode, number>();
let lastNumber = 0;

/** Equal texts are parsed once and are the same document for as long as the pipeline remembers them. */
function numberOf(document: DocumentNode): number {
	const number = numbers.get(document) ?? ++lastNumber;
	numbers.set(document, number);
	return number;
}
