import { z } from "zod";
import { optionalItems, optionalText, text, uuid } from "../fields.ts";
import type { ListImport } from "../list.ts";
import { oneRow, parseParts, recordParser } from "../parse.ts";
import { asGiven } from "../sql-text.ts";

const component = z.object({ type: text(50), name: text(150), measured_unit: optionalText(30) });

/** Headings of the catalogue with the units that their offerings are totalled in. */
export const categories: ListImport = {
	name: "marketplace-categories",
	parse: recordParser({
		list: "marketplace-categories",
		shape: z.object({ uuid, title: text(), components: optionalItems }),
		rows: ({ uuid, title, components }, refuse) => [
			...oneRow({ uuid, title }),
			{
				rows: parseParts("components", components, component, refuse).map(({ path, value }) => ({
					path,
					values: { categoryUuid: uuid, type: value.type, name: value.name, measuredUnit: value.measured_unit },
				})),
			},
		],
	}),
	tables: [
		{
			table: "Category",
			sourced: true,
			key: ["uuid"],
			incoming: { uuid: "uuid", title: "text" },
			columns: asGiven("uuid", "title"),
			distinct: [["uuid"]],
			modified: true,
		},
		{
			table: "CategoryComponent",
			key: ["categoryUuid", "type"],
			incoming: { categoryUuid: "uuid", type: "text", name: "text", measuredUnit: "text" },
			columns: asGiven("categoryUuid", "type", "name", "measuredUnit"),
			distinct: [["categoryUuid", "type"]],
			modified: true,
		},
	],
};
