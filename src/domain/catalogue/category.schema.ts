import { builder } from "../../graphql/builder.ts";
import { all } from "../../graphql/fields/all.ts";
import { byUuid } from "../../graphql/fields/by-uuid.ts";
import { link } from "../../graphql/fields/link.ts";
import { naming } from "../../graphql/identifiers.ts";
import { Category, CategoryComponent } from "../../graphql/nodes.ts";
import { categories, categoryComponentList, offerings } from "./catalogue.list.ts";

builder.prismaObjectFields(Category, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	title: t.exposeString("title"),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	components: t.field({
		type: [CategoryComponent],
		description: "The units that its offerings are totalled in, by type.",
		resolve: all(categoryComponentList),
	}),
	offerings: t.field({
		description: "Its offerings that the viewer sees, by name.",
		...offerings.page({ column: "categoryUuid" }),
	}),
}));

builder.prismaObjectFields(CategoryComponent, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	type: t.exposeString("type"),
	name: t.exposeString("name"),
	measuredUnit: t.exposeString("measuredUnit"),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	category: t.field({ type: Category, ...link("CategoryComponent", "category") }),
}));

builder.queryFields((t) => ({
	category: t.field({
		type: Category,
		nullable: true,
		description: "The category with the uuid. Error NOT_FOUND when there is none.",
		args: { uuid: t.arg({ type: "UUID", required: true, description: "The category: its uuid, its id, or Waldur's address of it.", ...naming("Category") }) },
		resolve: byUuid("Category"),
	}),
	categories: t.field({
		description: "The marketplace's categories, by title.",
		...categories.page(),
	}),
}));
