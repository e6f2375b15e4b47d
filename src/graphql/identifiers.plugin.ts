import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from "@pothos/core";
import type { GraphQLFieldResolver, GraphQLResolveInfo } from "graphql";
import { InvalidInput } from "../shared/invalid-input.ts";
import { InvalidInputRefusal } from "../shared/refusal.ts";
import { withIdentifiers } from "./identifiers.ts";

// The way in which Pothos learns of a plugin.
declare global {
	export namespace PothosSchemaTypes {
		export interface Plugins<Types extends SchemaTypes> {
			identifiers: IdentifiersPlugin<Types>;
		}
	}
}

/**
 * Gives resolvers the uuids of what their arguments name. What names something else is bad input: typed data of fields that
 * answer errors as data, and an error of any other.
 */
class IdentifiersPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
	override wrapResolve<Resolver extends GraphQLFieldResolver<unknown, Types["Context"], object>>(
		resolve: Resolver,
		field: PothosOutputFieldConfig<Types>,
	): GraphQLFieldResolver<unknown, Types["Context"], object> {
		return wrapped(resolve, field);
	}

	override wrapSubscribe(
		subscribe: GraphQLFieldResolver<unknown, Types["Context"], object> | undefined,
		field: PothosOutputFieldConfig<Types>,
	): GraphQLFieldResolver<unknown, Types["Context"], object> | undefined {
		return subscribe && wrapped(subscribe, field);
	}
}

function wrapped<Types extends SchemaTypes>(
	resolve: GraphQLFieldResolver<unknown, Types["Context"], object>,
	{ args, extensions }: PothosOutputFieldConfig<Types>,
): GraphQLFieldResolver<unknown, Types["Context"], object> {
	if (Object.keys(args).length === 0) return resolve;
	const answersErrors = extensions?.["pothosErrors"] !== undefined;
	return (object, given, context, info) => resolve(object, read(given, info, answersErrors), context, info);
}

function read(given: object, { parentType, fieldName }: GraphQLResolveInfo, answersErrors: boolean): object {
	try {
		return withIdentifiers(parentType.getFields()[fieldName]?.args ?? [], given);
	} catch (error) {
		throw error instanceof InvalidInputRefusal && !answersErrors ? new InvalidInput(error.message) : error;
	}
}

// Where the code is loaded twice, as its copy without a guard is by test/authorisation, each builds with its own.
SchemaBuilder.allowPluginReRegistration = true;
SchemaBuilder.registerPlugin("identifiers", IdentifiersPlugin);
