import { buildSchema, GraphQLInputObjectType, getNamedType, isScalarType } from "graphql";
import { demoHandles } from "../../../src/world/demo.ts";
import { type Attack, input, none, variable } from "./attack.ts";

const injection = 'x\'; drop table "Token"; select pg_sleep(30) --';

/** Arguments that some lists need. */
const required: Readonly<Record<string, string>> = {
	scope: `, scope: "${demoHandles.project}"`,
	groupBy: ", groupBy: [MONTH]",
};

/** SQL in every text of every filter, and in every id. */
export function injections(sdl: string): Attack[] {
	const fields = Object.values(buildSchema(sdl).getQueryType()?.getFields() ?? {});
	return fields.flatMap(({ name, args }) => {
		const filter = args.find((arg) => arg.name === "filter");
		const type = filter && getNamedType(filter.type);
		if (!(type instanceof GraphQLInputObjectType)) return [];
		const needed = args.flatMap((arg) => required[arg.name] ?? []).join("");
		return Object.values(type.getFields()).flatMap((field): Attack[] => {
			const text = getNamedType(field.type);
			if (!isScalarType(text) || text.name === "Int" || text.name === "Boolean") return [];
			return [
				{
					what: `SQL in ${name}, ${field.name}`,
					query: `query ($f: ${type.name}) { ${name}(filter: $f${needed}) { totalCount } }`,
					variables: JSON.stringify({ f: { [field.name]: injection } }),
					...(text.name === "String" ? { codes: name === "categoryComponentUsages" ? ["NOT_FOUND"] : none } : text.name === "ID" ? { codes: input } : variable),
				},
			];
		});
	});
}
