import fc from "fast-check";
import {
	type GraphQLArgument,
	type GraphQLCompositeType,
	type GraphQLField,
	type GraphQLInputField,
	type GraphQLInputType,
	type GraphQLObjectType,
	type GraphQLOutputType,
	getNamedType,
	isCompositeType,
	isEnumType,
	isInputObjectType,
	isListType,
	isNonNullType,
	isObjectType,
} from "graphql";
import type { VisibleModel } from "../../src/access/visibility.ts";
import { schema } from "../../src/schema.ts";
import { typeNamed } from "../support/fixture.fields.ts";
import { nodeId } from "../support/fixture.rows.ts";

/** What an operation may name: things that are there, of everybody. */
export interface Pool {
	/** Uuids by the model whose they are. */
	readonly uuids: Readonly<Partial<Record<VisibleModel, readonly string[]>>>;
	/** Ids of monthly totals, which are not stored. */
	readonly totals: readonly string[];
	/** Cursors by the type of the connection whose they are. */
	readonly cursors: Readonly<Record<string, readonly string[]>>;
	/** Positions of the log. */
	readonly positions: readonly string[];
	/** Names that filters look for. */
	readonly names: readonly string[];
}

export type Root = "Query" | "Mutation" | "Subscription";

/** A document with its variables. */
export interface Operation {
	readonly query: string;
	readonly variables: Readonly<Record<string, unknown>>;
}

/** Numbers that an operation is made by: the fewer and the smaller, the simpler it is. A failure is shrunk to the simplest. */
export const choices = fc.array(fc.nat(4095), { minLength: 1, maxLength: 300, size: "max" });

/** How deep fields are nested, and how many stand beside each other. */
const deepest = 4;
const broadest = 5;

/** One in so many values is none that anybody would send. */
const nastyOneIn = 12;

/** The operation that the choices make. */
export function operationOf(root: Root, made: readonly number[], pool: Pool): Operation {
	let next = 0;
	/** A number below the count; 0, the simplest, when nothing is left to choose by. */
	const choose = (count: number): number => (made[next++] ?? 0) % count;
	const oneOf = <Value>(values: readonly Value[]): Value | undefined => values[choose(Math.max(1, values.length))];
	const happens = (oneIn: number): boolean => choose(oneIn) === oneIn - 1;

	const variables: Record<string, unknown> = {};
	const declared: string[] = [];
	let aliases = 0;
	/** The models of the ids that were chosen last: what is read by them is of these. */
	let chosenModels: readonly string[] = [];

	/** The field's arguments as they stand in the document, some of them as variables. */
	function argumentsOf(parent: GraphQLCompositeType, field: GraphQLField<unknown, unknown>, depth: number): string {
		const texts = field.args.flatMap((arg) => {
			const isPage = arg.name === "first" || arg.name === "last";
			if (!isNonNullType(arg.type) && !happens(arg.name === "first" ? 2 : arg.name === "last" ? 8 : 3)) return [];
			const value = isPage ? pageSize(depth) : inputOf(arg.type, { arg, field, parent });
			if (!happens(3)) return [`${arg.name}: ${literal(value)}`];
			const variable = `v${declared.length}`;
			declared.push(`$${variable}: ${arg.type}`);
			variables[variable] = plain(value);
			return [`${arg.name}: $${variable}`];
		});
		return texts.length === 0 ? "" : `(${texts.join(", ")})`;
	}

	/** Deep lists are short: their lengths multiply. */
	const pageSize = (depth: number): unknown => (happens(nastyOneIn) ? oneOf(nastyNumbers) : 1 + choose(depth <= 1 ? 100 : 4));

	interface Place {
		readonly arg: GraphQLArgument | GraphQLInputField;
		readonly field: GraphQLField<unknown, unknown>;
		readonly parent: GraphQLCompositeType;
	}

	function inputOf(type: GraphQLInputType, place: Place): unknown {
		if (!isNonNullType(type) && happens(nastyOneIn)) return null;
		if (isNonNullType(type)) return happens(nastyOneIn * 10) ? null : inputOf(type.ofType, place);
		if (isListType(type)) return Array.from({ length: 1 + choose(3) - (happens(nastyOneIn) ? 1 : 0) }, () => inputOf(type.ofType, place));
		if (isInputObjectType(type)) {
			const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) || happens(3));
			return Object.fromEntries(fields.map((arg) => [arg.name, inputOf(arg.type, { ...place, arg })]));
		}
		if (isEnumType(type)) return happens(nastyOneIn * 4) ? new EnumName("NOPE") : new EnumName(oneOf(type.getValues())?.name ?? "");
		if (happens(nastyOneIn)) return oneOf([...nastyTexts, ...nastyNumbers]);
		return scalar(type.name, place);
	}

	function scalar(type: string, { arg, field, parent }: Place): unknown {
		if (type === "UUID") return oneOf(pool.uuids[modelNamedBy(arg.name, field, parent)] ?? Object.values(pool.uuids).flat());
		if (type === "ID") return globalId(arg.name, field, parent);
		if (type === "_Any") return representation(field, parent);
		if (type === "Int") return arg.name.endsWith("Month") ? 1 + choose(12) : arg.name.endsWith("Year") ? 2025 + choose(2) : choose(100);
		if (type === "Boolean") return choose(2) === 1;
		if (type === "Date") return `${2025 + choose(2)}-${String(12 - choose(12)).padStart(2, "0")}-${happens(3) ? "15" : "01"}`;
		if (type === "Decimal") return oneOf(["1", "0", "77.5", "1000000000"]);
		if (arg.name === "after" && parent.name === "Subscription") return oneOf(pool.positions);
		if (arg.name === "after" || arg.name === "before") return oneOf(pool.cursors[getNamedType(field.type).name] ?? []) ?? "";
		if (/type/i.test(arg.name)) return oneOf(["cpu", "ram", "gb", "tb", "machines"]);
		if (arg.name === "idempotencyKey") return `key ${choose(50)}`;
		return oneOf(pool.names);
	}

	function globalId(name: string, field: GraphQLField<unknown, unknown>, parent: GraphQLCompositeType): unknown {
		if (field.name === "categoryComponentUsage") return oneOf(pool.totals);
		const models = Object.keys(pool.uuids) as VisibleModel[];
		const wanted: readonly VisibleModel[] =
			field.name === "categoryComponentUsages" ? ["Customer", "Project"] : name.startsWith("id") ? models : [modelNamedBy(name, field, parent)];
		const model = oneOf(happens(nastyOneIn) ? models : wanted) ?? "Customer";
		chosenModels = [...chosenModels, model];
		return nodeId(model, oneOf(pool.uuids[model] ?? []) ?? "");
	}

	/** What a router asks by; some are of two objects, or of another type. */
	function representation(field: GraphQLField<unknown, unknown>, parent: GraphQLCompositeType): unknown {
		const id = globalId("id", field, parent);
		const model = chosenModels.at(-1) as VisibleModel;
		const uuid = oneOf(pool.uuids[model] ?? []);
		return { __typename: happens(nastyOneIn) ? "Query" : model, ...(happens(2) ? { id } : {}), ...(happens(2) ? { uuid } : {}) };
	}

	/** Fields below a type, each under an alias where another one could have its name. */
	function selection(type: GraphQLCompositeType, depth: number): string {
		if (!isObjectType(type)) {
			const known = chosenModels.map(typeNamed);
			const members = ["Node", "_Entity"].includes(type.name) && known.length > 0 ? known : schema.getPossibleTypes(type);
			const chosen = Array.from({ length: 1 + choose(3) }, () => oneOf(members)).filter((member) => member !== undefined);
			return `{ __typename ${chosen.map((member) => `... on ${member.name} ${selection(member, depth)}`).join(" ")} }`;
		}
		const fields = Object.values(type.getFields()).filter((field) => depth < deepest || !isCompositeType(getNamedType(field.type)) || isShort(field.type));
		const chosen = Array.from({ length: 1 + choose(broadest) }, () => oneOf(fields)).filter((field) => field !== undefined);
		return `{ ${chosen.map((field) => fieldText(type, field, depth)).join(" ")} }`;
	}

	function fieldText(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>, depth: number): string {
		chosenModels = [];
		const type = getNamedType(field.type);
		const args = argumentsOf(parent, field, depth);
		const directive = happens(20) ? ` @include(if: ${happens(2) ? "false" : "true"})` : "";
		// A page is no depth of its own: what is on it is.
		const below = isCompositeType(type) ? ` ${selection(type, depth + (isPartOfPage(parent) ? 0 : 1))}` : "";
		return `_${aliases++}: ${field.name}${args}${directive}${below}`;
	}

	const type = typeNamed(root);
	// A subscription has one field; a mutation with several does them one after another.
	const breadth = root === "Query" ? 1 + choose(3) : root === "Mutation" && happens(10) ? 2 : 1;
	const fields = Array.from({ length: breadth }, () => oneOf(Object.values(type.getFields()))).filter((field) => field !== undefined);
	const body = fields.map((field) => fieldText(type, field, 0)).join(" ");
	const header = declared.length === 0 ? "" : ` (${declared.join(", ")})`;
	return { query: `${root.toLowerCase()}${header} { ${body} }`, variables };
}

const isPartOfPage = ({ name }: GraphQLObjectType): boolean => /(Connection|Edge)$/.test(name);

/** Types without lists and links below them: they end a selection as well as a scalar does. */
const isShort = (type: GraphQLOutputType): boolean =>
	["PageInfo", "ComponentAmount", "OfferingUsagePolicyOptions", "Problem"].includes(getNamedType(type).name);

/** The name of an enumeration's value: no text where it stands in a document. */
class EnumName {
	readonly name: string;

	constructor(name: string) {
		this.name = name;
	}
}

/** A number that JSON has no room for stands in the document as it is. */
class NumberText {
	readonly text: string;

	constructor(text: string) {
		this.text = text;
	}
}

/** The value as it stands in a document. */
function literal(value: unknown): string {
	if (value instanceof EnumName) return value.name;
	if (value instanceof NumberText) return value.text;
	if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
	if (typeof value === "object" && value !== null)
		return `{ ${Object.entries(value)
			.map(([name, part]) => `${name}: ${literal(part)}`)
			.join(", ")} }`;
	return JSON.stringify(value) ?? "null";
}

/** The value as it stands in variables. */
function plain(value: unknown): unknown {
	if (value instanceof EnumName) return value.name;
	if (value instanceof NumberText) return Number(value.text);
	if (Array.isArray(value)) return value.map(plain);
	if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
	return value;
}

/** The model whose uuid an argument or a field of an input takes, by its name. */
function modelNamedBy(name: string, field: GraphQLField<unknown, unknown>, parent: GraphQLCompositeType): VisibleModel {
	const models: [RegExp, VisibleModel][] = [
		[/^resource/, "Resource"],
		[/^(offering|scope)/, "Offering"],
		[/^project/, "Project"],
		[/^(customer|provider)/, "Customer"],
		[/^policy/, "OfferingUsagePolicy"],
		[/^planPeriod/, "ResourcePlanPeriod"],
		[/^plan/, "Plan"],
		[/^componentUsage/, "ComponentUsage"],
		[/^component/, "OfferingComponent"],
		[/^user/, "OfferingUser"],
		[/^category/, "Category"],
		[/^organizationGroups/, "OrganizationGroup"],
	];
	const found = models.find(([pattern]) => pattern.test(name))?.[1];
	// Named "uuid": that of what the field answers, or changes.
	return found ?? ((parent.name === "Mutation" ? field.name.replace(/^[a-z]+/, "") : getNamedType(field.type).name) as VisibleModel);
}

const nastyNumbers: readonly unknown[] = [0, -1, 101, 2_147_483_647, new NumberText("99999999999999999999"), new NumberText("1e999"), new NumberText("0.1")];

const nastyTexts: readonly unknown[] = [
	"",
	" ",
	"NaN",
	"Infinity",
	"-0",
	"1_000",
	"1e400",
	"0.001",
	"9".repeat(30),
	"0000-01-01",
	"9999-12-31",
	"2026-02-30",
	"\u0000",
	"\ud800",
	"𝒰𝓃𝒾𝒸ℴ𝒹ℯ \u202e مرحبا 👩‍👩‍👧",
	"' or 1=1 --",
	"%_\\",
	'"\\"}',
	"__proto__",
	"x".repeat(10_000),
	"00000000-0000-0000-0000-000000000000",
	"WyJuYW1lLEN1c3RvbWVyLnV1aWQiLCJ6Il0",
	"Q3VzdG9tZXI6Nw==",
	"VG9rZW46MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw",
	"zzzzzzzzzzzzz.zzzzzzzzzzzzz",
	true,
	{},
	[],
];
