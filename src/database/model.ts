import type { calendarDates } from "../generated/calendar-dates.ts";
import { getDatamodel, type default as PrismaTypes } from "../generated/pothos.ts";

export type ModelName = keyof PrismaTypes & string;

/**
 * A stored row as it is read: Prisma's type of the model, with decimals as strings in plain notation and calendar dates
 * as "yyyy-mm-dd", so that nothing is lost or moved between the database and the wire.
 */
export type Row<Model extends ModelName> = {
	[Field in keyof PrismaTypes[Model]["Shape"]]: Read<PrismaTypes[Model]["Shape"][Field], Field extends CalendarDate<Model> ? string : Date>;
};

type Read<Value, Day> = Value extends Date ? Day : Value extends { toSignificantDigits(): unknown } ? string : Value;

/** The columns of the model that prisma/schema.prisma declares as `@db.Date`. */
type CalendarDate<Model> = Model extends keyof typeof calendarDates ? (typeof calendarDates)[Model][number] : never;

/** The names of a model's links to one row of another model. */
export type LinkName<Model extends ModelName> = Exclude<PrismaTypes[Model]["RelationName"], PrismaTypes[Model]["ListRelations"]> & string;

/** The model that a link leads to. */
export type LinkTarget<Model extends ModelName, Link extends LinkName<Model>> = PrismaTypes[Model]["Relations"][Link &
	keyof PrismaTypes[Model]["Relations"]] extends { Name: infer Name extends ModelName }
	? Name
	: never;

interface Column {
	name: string;
	/** How the column is written in a select list: lists of enums are read as text, for the drivers do not know their type. */
	selected: (alias: string) => string;
}

export interface Link {
	/** The model that it leads to. */
	model: ModelName;
	/** The column that holds the uuid of the row it leads to. */
	column: string;
	/** What the schema says of it. */
	documentation: string | undefined;
}

interface Model {
	columns: ReadonlyMap<string, Column>;
	links: ReadonlyMap<string, Link>;
}

interface DatamodelField {
	name: string;
	kind: string;
	type: string;
	isList: boolean;
	relationFromFields?: readonly string[];
	documentation?: string;
}

const models: ReadonlyMap<string, Model> = new Map(
	Object.entries(getDatamodel().datamodel.models).map(([name, { fields }]) => [name, modelOf(fields as readonly DatamodelField[])]),
);

function modelOf(fields: readonly DatamodelField[]): Model {
	return {
		columns: new Map(fields.filter((field) => field.kind !== "object").map((field) => [field.name, columnOf(field)])),
		links: new Map(
			fields.flatMap((field) => {
				const column = field.relationFromFields?.[0];
				return column === undefined ? [] : [[field.name, { model: field.type as ModelName, column, documentation: field.documentation }]];
			}),
		),
	};
}

function columnOf({ name, kind, isList }: DatamodelField): Column {
	const cast = kind === "enum" && isList ? "::text[]" : "";
	return { name, selected: (alias) => `"${alias}"."${name}"${cast}` };
}

/** The model's columns and links, as prisma/schema.prisma declares them. */
export function modelNamed(name: ModelName): Model {
	const model = models.get(name);
	if (model === undefined) throw new Error(`There is no model ${name} in prisma/schema.prisma.`);
	return model;
}

export function linkOf(name: ModelName, link: string): Link {
	const found = modelNamed(name).links.get(link);
	if (found === undefined) throw new Error(`There is no link ${link} from ${name} in prisma/schema.prisma.`);
	return found;
}
