import { type DocumentNode, GraphQLError, Kind, type OperationDefinitionNode, OperationTypeNode, type SelectionNode, type SelectionSetNode } from "graphql";
import { fragmentsOf } from "../../shared/fragments.ts";
import { mergedFields } from "./merged-fields.ts";

/** How large a document may be, fragments opened where they are used. */
export interface DocumentBounds {
	/** Characters of its text, and lines: each error looks for its line from the beginning. */
	readonly characters: number;
	readonly lines: number;
	/** Words and signs in its text. */
	readonly tokens: number;
	/** Fields within fields; what is asked of the schema itself is not counted, nor are the fields that lead through a page. */
	readonly depth: number;
	/** The same with the fields that lead through pages: as many as come with pages at every level. */
	readonly levels: number;
	/** Fields that are given a name of their own, __typename included. */
	readonly aliases: number;
	/** Directives. */
	readonly directives: number;
	/** Characters of a name that the document gives: it comes with every object. */
	readonly name: number;
	/** Pairs of fields of one name at one place of the result: validation compares the two of each. */
	readonly pairs: number;
	/** Selections at all places of the result, for each word of the document: more come only of fragments within fragments. */
	readonly selectionsPerToken: number;
}

export const documentBounds: DocumentBounds = {
	characters: 32_768,
	lines: 1_000,
	tokens: 1_000,
	depth: 10,
	levels: 30,
	aliases: 30,
	directives: 50,
	name: 100,
	pairs: 1_000,
	selectionsPerToken: 10,
};

interface Size {
	readonly depth: number;
	readonly levels: number;
	readonly aliases: number;
	readonly directives: number;
	/** Of the longest alias. */
	readonly name: number;
}

/** Fields of Relay's pages: a client that walks them nests no deeper than one that does without. */
const ofPages: ReadonlySet<string> = new Set(["edges", "node", "nodes", "pageInfo"]);

const nothing: Size = { depth: 0, levels: 0, aliases: 0, directives: 0, name: 0 };

/** What is too large of a text that is not parsed yet; undefined when nothing is. */
export function textRefusal(text: string, bounds: DocumentBounds = documentBounds): GraphQLError | undefined {
	const refusal =
		tooMany(text.length, bounds.characters, (max) => `The document is too long: ${max} characters are allowed.`) ??
		tooMany(text.split(/\r\n|[\n\r]/).length, bounds.lines, (max) => `The document has too many lines: ${max} are allowed.`);
	return refusal === undefined ? undefined : new GraphQLError(refusal, { extensions: { code: "GRAPHQL_PARSE_FAILED" } });
}

/**
 * What is too large of the document; undefined when nothing is. Takes as long as the text is, however its fragments multiply:
 * `visit` is called for each selection that is looked at.
 */
export function documentRefusal(document: DocumentNode, bounds: DocumentBounds = documentBounds, visit = () => {}): GraphQLError | undefined {
	const sizeOf = measure(document, visit);
	for (const definition of document.definitions) {
		if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
		const { depth, levels, aliases, directives, name } = sizeOf(definition.selectionSet);
		const refusal =
			tooMany(depth, bounds.depth, (max) => `The document nests fields ${depth} deep: ${max} levels are allowed.`) ??
			tooMany(levels, bounds.levels, (max) => `The document nests fields ${levels} deep with those of pages: ${max} levels are allowed.`) ??
			tooMany(aliases, bounds.aliases, (max) => `The document has ${aliases} aliases: ${max} are allowed.`) ??
			tooMany(directives + (definition.directives?.length ?? 0), bounds.directives, (max) => `The document has too many directives: ${max} are allowed.`) ??
			tooMany(Math.max(name, definition.name?.value.length ?? 0), bounds.name, (max) => `A name has at most ${max} characters.`) ??
			(definition.variableDefinitions?.some(({ variable }) => variable.name.value === "__proto__") ? "No variable is called __proto__." : undefined) ??
			(isLeftOpen(definition, document, visit) ? "What a subscription listens to must not depend on @skip or @include." : undefined);
		if (refusal !== undefined) return refusedDocument(refusal, definition);
	}
	const { pairs, isComplete } = mergedFields(document, (document.tokenCount ?? bounds.tokens) * bounds.selectionsPerToken, visit);
	if (!isComplete) return refusedDocument("The document's fragments come to too many fields: spread them at fewer places.");
	if (pairs > bounds.pairs)
		return refusedDocument(`The document repeats fields too often: they make ${pairs} pairs of one name at one place, and ${bounds.pairs} are allowed.`);
	return undefined;
}

const refusedDocument = (message: string, nodes?: OperationDefinitionNode) =>
	new GraphQLError(message, { ...(nodes && { nodes }), extensions: { code: "GRAPHQL_VALIDATION_FAILED" } });

/** Whether the field of a subscription may be left out: there would be nothing to listen to. */
function isLeftOpen({ operation, selectionSet }: OperationDefinitionNode, document: DocumentNode, visit: () => void): boolean {
	if (operation !== OperationTypeNode.SUBSCRIPTION) return false;
	const fragments = fragmentsOf(document);
	const opened = new Set<string>();
	const isOpen = (node: SelectionNode): boolean => {
		visit();
		if (node.directives?.some(({ name }) => name.value === "skip" || name.value === "include")) return true;
		if (node.kind === Kind.INLINE_FRAGMENT) return node.selectionSet.selections.some(isOpen);
		if (node.kind === Kind.FIELD || opened.has(node.name.value)) return false;
		opened.add(node.name.value);
		return fragments.get(node.name.value)?.selectionSet.selections.some(isOpen) ?? false;
	};
	return selectionSet.selections.some(isOpen);
}

const tooMany = (count: number, max: number, message: (max: number) => string): string | undefined => (count > max ? message(max) : undefined);

function measure(document: DocumentNode, visit: () => void): (selectionSet: SelectionSetNode) => Size {
	const fragments = fragmentsOf(document);
	const known = new Map<string, Size>();

	function ofFragment(name: string): Size {
		const present = known.get(name);
		if (present !== undefined) return present;
		known.set(name, nothing); // one that leads to itself is refused when the document is validated
		const fragment = fragments.get(name);
		const size = fragment === undefined ? nothing : ofSelections(fragment.selectionSet);
		known.set(name, size);
		return size;
	}

	function ofSelections({ selections }: SelectionSetNode): Size {
		let [depth, levels, aliases, directives, maxNameLength] = [0, 0, 0, 0, 0];
		for (const node of selections) {
			visit();
			const isField = node.kind === Kind.FIELD;
			const below =
				node.kind === Kind.FRAGMENT_SPREAD ? ofFragment(node.name.value) : node.selectionSet === undefined ? nothing : ofSelections(node.selectionSet);
			const isOfSchema = isField && (node.name.value === "__schema" || node.name.value === "__type");
			depth = Math.max(depth, isOfSchema ? 1 : below.depth + (isField && !ofPages.has(node.name.value) ? 1 : 0));
			levels = Math.max(levels, isOfSchema ? 1 : below.levels + (isField ? 1 : 0));
			aliases += below.aliases + (isField && node.alias !== undefined ? 1 : 0);
			maxNameLength = Math.max(maxNameLength, below.name, isField ? (node.alias?.value.length ?? 0) : 0);
			directives += below.directives + (node.directives?.length ?? 0);
		}
		return { depth, levels, aliases, directives, name: maxNameLength };
	}

	return ofSelections;
}
