import type { GraphQLSchema } from "graphql";
import type { Refused } from "../shared/refusal.ts";
import type { Context } from "./context.ts";

/** Makes each mutation of the schema report the typed error that it returns to its operation: such a result has no errors at its top. */
export function tellRefusals(schema: GraphQLSchema): GraphQLSchema {
	for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
		const { resolve } = field;
		field.resolve = async (root, args, context: Context, info) => {
			const answer = await resolve?.(root, args, context, info);
			if (isRefused(answer)) context.operation?.refused(answer.problems[0].code);
			return answer;
		};
	}
	return schema;
}

/** The errors' plugin returns an object that behaves like the refusal, and is no instance of its class. */
const isRefused = (answer: unknown): answer is Refused => typeof answer === "object" && answer !== null && "problems" in answer;
