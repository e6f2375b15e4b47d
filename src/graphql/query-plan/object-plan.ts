import { encodeGlobalID } from "@pothos/plugin-relay";
import type { GraphQLObjectType, SelectionSetNode } from "graphql";
import { planAll } from "../fields/all.ts";
import { planByUuid } from "../fields/by-uuid.ts";
import { planComputed } from "../fields/computed.ts";
import { planItself } from "../fields/itself.ts";
import { planLink } from "../fields/link.ts";
import { planLoaded } from "../fields/loaded.ts";
import { planNode } from "../fields/node.ts";
import { planComputedPage, planPage } from "../fields/page.ts";
import { exposedBy, type FieldSource, sourceOf } from "../fields/source.ts";
import { type FieldPlan, inParallel, type ObjectPlan, Unplanned } from "./execution.ts";
import { objectWriter, quoted } from "./json.ts";
import type { Place, PlannedField, Planner } from "./planner.ts";
import { propertyPlan } from "./property-plan.ts";

/** How each kind of source is planned: a kind without a plan does not compile. */
const planOfKind: { readonly [Kind in FieldSource["kind"]]: (source: Extract<FieldSource, { kind: Kind }>, place: Place) => FieldPlan } = {
	link: planLink,
	page: planPage,
	computedPage: planComputedPage,
	all: planAll,
	byUuid: planByUuid,
	node: planNode,
	loaded: planLoaded,
	computed: planComputed,
	itself: (_source, place) => planItself(place),
};

/** How objects of the type are read and written. Throws Unplanned when a field of them declares no source. */
export function objectPlan(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[], planner: Planner): ObjectPlan {
	const fields = planner.fields(type, selectionSets).map((asked) => ({ head: asked.head, ...fieldPlan(type, asked, planner, false) }));
	return { read: inParallel(fields.map(({ read }) => read)), write: objectWriter(fields) };
}

/** How one field of the type is read and written; `isRoot` for those of the query itself. */
export function fieldPlan(type: GraphQLObjectType, asked: PlannedField, planner: Planner, isRoot: boolean): FieldPlan {
	const { field } = asked;
	if (field === undefined) return constant(type.name);
	const place: Place = { field, asked, planner, isRoot };
	const source = sourceOf(field);
	if (source !== undefined) return planOfKind[source.kind](source as never, place);
	const property = exposedBy(field);
	if (property !== undefined) return propertyPlan(property, place);
	if (asked.name === "id" && type.getInterfaces().some((one) => one.name === "Node"))
		return { write: ({ uuid }) => quoted(encodeGlobalID(type.name, String(uuid))) };
	throw new Unplanned(`${asked.name} declares no source.`);
}

const constant = (text: string): FieldPlan => {
	const written = quoted(text);
	return { write: () => written };
};
