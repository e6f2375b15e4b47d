import {
	type DocumentNode,
	type ExecutionArgs,
	type FieldNode,
	type FragmentDefinitionNode,
	getArgumentValues,
	getOperationAST,
	getVariableValues,
	Kind,
	type SelectionSetNode,
} from "graphql";
import type { Position } from "../event-log/position.ts";
import type { Context } from "../graphql/context.ts";
import { badUserInput } from "../graphql/errors.ts";

/** The argument of a subscription with the position of the log to go on from. */
export const after = "after";

/**
 * Where the client wants to go on from: what its stream of server-sent events sends, or the operation's argument `after`, or
 * what its WebSocket was opened with; undefined for live only. Throws BAD_USER_INPUT for what is no position.
 */
export function givenPosition(args: ExecutionArgs): Position | undefined {
	const { lastEventId, connectionAfter, log } = args.contextValue as Context;
	const text = lastEventId ?? argumentAfter(args) ?? connectionAfter;
	if (typeof text !== "string") return undefined;
	const position = log.positions.parse(text);
	if (position === undefined)
		throw badUserInput(`${JSON.stringify(text.slice(0, 40))} is not a position of the log: pass one that an event or a firing had, or 0 for the beginning.`);
	return position;
}

/** Wrong variables or arguments are not reported here: beginning the operation finds them. */
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

/** The one field that a subscription has at its root, fragments opened. */
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

/** Whether the variables cannot be what the operation takes: the engine then says what is wrong. */
export function hasWrongVariables({ schema, document, operationName, variableValues }: ExecutionArgs): boolean {
	const operation = getOperationAST(document, operationName);
	return getVariableValues(schema, operation?.variableDefinitions ?? [], variableValues ?? {}, { maxErrors: 1 }).errors !== undefined;
}
