import type { GraphQLResolveInfo } from "graphql";
import { type LinkName, type LinkTarget, linkOf, type ModelName, type Row } from "../database/model.ts";
import type { List } from "../reading/list.ts";
import type { AnyRow } from "../reading/statements.ts";
import type { Context } from "./context.ts";
import { telling } from "./reads.ts";
import { shapeOf } from "./shape-of.ts";

type Resolve<Model extends ModelName, Result> = (row: Row<Model>, args: object, context: Context, info: GraphQLResolveInfo) => Result | Promise<Result>;

interface LinkField<Model extends ModelName, Result> {
	description: string;
	extensions: { reads: { columns: readonly string[]; link: string } };
	resolve: Resolve<Model, Result>;
}

/** A field that follows a link which every row has. The linked row is read together with its row, or in one batch. */
export function link<Model extends ModelName, Link extends LinkName<Model>>(model: Model, name: Link): LinkField<Model, Row<LinkTarget<Model, Link>>> {
	type Linked = Row<LinkTarget<Model, Link>>;
	const optional = optionalLink(model, name);
	const present = (linked: Linked | null): Linked => {
		if (linked === null) throw new Error(`${model}.${name} leads nowhere.`);
		return linked;
	};
	return {
		...optional,
		resolve: (row, args, context, info) => {
			const linked = optional.resolve(row, args, context, info);
			return linked instanceof Promise ? linked.then(present) : present(linked);
		},
	};
}

/** A field that follows a link which a row may lack. A row that is there already is answered at once: a promise for each of thousands costs. */
export function optionalLink<Model extends ModelName, Link extends LinkName<Model>>(
	model: Model,
	name: Link,
): LinkField<Model, Row<LinkTarget<Model, Link>> | null> & { nullable: true } {
	type Linked = Row<LinkTarget<Model, Link>> | null;
	const { model: target, column, documentation } = linkOf(model, name);
	return {
		nullable: true,
		description: documentation ?? "",
		extensions: { reads: { columns: [column], link: name } },
		resolve: (row, _args, context, info) => {
			const fields = row as AnyRow;
			if (name in fields) return fields[name] as Linked;
			const uuid = fields[column] as string | null;
			return uuid === null ? null : (context.read.linked(target, shapeOf(info, target), uuid) as Promise<Linked>);
		},
	};
}

/** Resolves a short list below a row: all of it, in one batch for all rows. */
export function whole<Child extends ModelName>(list: List & { model: Child }): Resolve<ModelName, Row<Child>[]> {
	const resolve: Resolve<ModelName, Row<Child>[]> = async (row, _args, context, info) =>
		(await context.read.all(list, shapeOf(info, list.model), (row as { uuid: string }).uuid)) as unknown as Row<Child>[];
	return telling({ kind: "whole", list }, resolve);
}
