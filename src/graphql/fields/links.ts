import type { GraphQLResolveInfo } from "graphql";
import { type LinkName, type LinkTarget, linkOf, type ModelName, type Row } from "../../database/model.ts";
import type { List } from "../../reading/list.ts";
import type { AnyRow } from "../../reading/statements.ts";
import type { Context } from "../context.ts";
import { shapeOf } from "../selection.ts";
import { telling } from "./reads.ts";

type Resolve<Model extends ModelName, Result> = (row: Row<Model>, args: object, context: Context, info: GraphQLResolveInfo) => Result;

interface LinkField<Model extends ModelName, Result> {
	description: string;
	resolve: Resolve<Model, Result>;
}

/** A field that follows a link which every row has. The linked row is read together with its row. */
export function link<Model extends ModelName, Link extends LinkName<Model>>(model: Model, name: Link): LinkField<Model, Row<LinkTarget<Model, Link>>> {
	type Linked = Row<LinkTarget<Model, Link>>;
	const { description, resolve } = optionalLink(model, name);
	const present = (linked: Linked | null): Linked => {
		if (linked === null) throw new Error(`${model}.${name} leads nowhere.`);
		return linked;
	};
	return { description, resolve: telling({ kind: "link", link: name }, (...asked) => present(resolve(...asked))) };
}

/** A field that follows a link which a row may lack. The linked row is read together with its row. */
export function optionalLink<Model extends ModelName, Link extends LinkName<Model>>(
	model: Model,
	name: Link,
): LinkField<Model, Row<LinkTarget<Model, Link>> | null> & { nullable: true } {
	const resolve = (row: Row<Model>) => (row as AnyRow)[name] as Row<LinkTarget<Model, Link>> | null;
	return { nullable: true, description: linkOf(model, name).documentation ?? "", resolve: telling({ kind: "link", link: name }, resolve) };
}

/** Resolves a short list below a row: all of it, in one batch for all rows. */
export function whole<Child extends ModelName>(list: List & { model: Child }): Resolve<ModelName, Promise<Row<Child>[]>> {
	const resolve: Resolve<ModelName, Promise<Row<Child>[]>> = async (row, _args, context, info) =>
		(await context.read.all(list, shapeOf(info, list.model), (row as { uuid: string }).uuid)) as unknown as Row<Child>[];
	return telling({ kind: "whole", list }, resolve);
}
