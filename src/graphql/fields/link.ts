import type { GraphQLResolveInfo } from "graphql";
import { type LinkName, type LinkTarget, linkOf, type ModelName, type Row } from "../../database/model.ts";
import type { AnyRow } from "../../reading/statements.ts";
import type { Context } from "../context.ts";
import type { FieldPlan } from "../query-plan/execution.ts";
import type { Place } from "../query-plan/planner.ts";
import { propertyPlan } from "../query-plan/property-plan.ts";
import { type LinkSource, withSource } from "./source.ts";

interface LinkField<Model extends ModelName, Result> {
	description: string;
	resolve: (row: Row<Model>, args: object, context: Context, info: GraphQLResolveInfo) => Result;
}

/** A field that follows a link which every row has. The linked row is read together with its row. */
export function link<Model extends ModelName, Link extends LinkName<Model>>(model: Model, name: Link): LinkField<Model, Row<LinkTarget<Model, Link>>> {
	const { description, resolve } = optionalLink(model, name);
	const present = (...asked: Parameters<typeof resolve>) => {
		const linked = resolve(...asked);
		if (linked === null) throw new Error(`${model}.${name} leads nowhere.`);
		return linked;
	};
	return { description, resolve: withSource({ kind: "link", link: name }, present) };
}

/** A field that follows a link which a row may lack. The linked row is read together with its row. */
export function optionalLink<Model extends ModelName, Link extends LinkName<Model>>(
	model: Model,
	name: Link,
): LinkField<Model, Row<LinkTarget<Model, Link>> | null> & { nullable: true } {
	const resolve = (row: Row<Model>) => (row as AnyRow)[name] as Row<LinkTarget<Model, Link>> | null;
	return { nullable: true, description: linkOf(model, name).documentation ?? "", resolve: withSource({ kind: "link", link: name }, resolve) };
}

/** The row behind a link that every row has, which was read together with its row: for what is computed of both (see computed). */
export const linkedRowOf = <Model extends ModelName, Link extends LinkName<Model>>(row: Row<Model>, name: Link) =>
	(row as AnyRow)[name] as Row<LinkTarget<Model, Link>>;

export const planLink = ({ link }: LinkSource, place: Place): FieldPlan => propertyPlan(link, place);
