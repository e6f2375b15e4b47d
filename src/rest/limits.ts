import { userLimits } from "../domain/user-usage/limit.list.ts";
import { createLimit, removeLimit, updateLimit } from "../domain/user-usage/limit.service.ts";
import { resetLoader, writesOf } from "../graphql/context.ts";
import { aDecimal, aLink, readObject } from "./body.ts";
import { keyOf, listRoute, objectOf, retrieveRoute, rowsOf } from "./collection.ts";
import { type Fields, hexOf, link, plain } from "./fields.ts";
import { address, text, uuid } from "./parameters.ts";
import { type Asked, priceOfChange, type Route } from "./route.ts";

const path = "component-user-usage-limits/";
const one = `${path}{uuid}/`;

const fields: Fields = {
	url: link("component-user-usage-limits", "uuid"),
	uuid: hexOf("uuid"),
	resource: link("marketplace-resources", "resourceUuid"),
	component: hexOf("componentUuid"),
	component_type: plain("component.type"),
	user: link("marketplace-offering-users", "userUuid"),
	limit: plain("limit"), // a text in Waldur too
};

/** The limit as it is after a change. */
function stored(uuid: string, asked: Asked) {
	resetLoader(asked.context);
	return objectOf("ComponentUserUsageLimit", fields, uuid, asked);
}

/** Changes what the body names of the limit. */
const changing = (method: "PUT" | "PATCH"): Route => ({
	method,
	path: one,
	parameters: [],
	price: priceOfChange,
	answer: async (asked) => {
		const { context } = asked;
		const uuid = keyOf(asked);
		const change = readObject(asked.body ?? {}, ({ required, optional }) => {
			const given = method === "PUT" ? required : optional;
			return { uuid, resource: given("resource", aLink), component: given("component", aLink), user: given("user", aLink), limit: optional("limit", aDecimal) };
		});
		await updateLimit(writesOf(context), context.viewer, change, context.clock());
		return { status: 200, body: await stored(uuid, asked) };
	},
});

export const limitRoutes: readonly Route[] = [
	listRoute({
		path,
		parameters: { component_type: text, offering_uuid: uuid, resource: address, resource_uuid: uuid, username: text },
		fields,
		choosesFields: false,
		price: { count: 1 },
		rows: (given, { context }, shape) => {
			const filter = {
				componentType: given.component_type,
				offeringUuid: given.offering_uuid,
				resource: given.resource,
				resourceUuid: given.resource_uuid,
				username: given.username,
			};
			return rowsOf(context, userLimits.of({ filter }, context.timeZone), shape);
		},
	}),
	retrieveRoute({ path, model: "ComponentUserUsageLimit", fields, choosesFields: false }),
	{
		method: "POST",
		path,
		parameters: [],
		price: priceOfChange,
		answer: async (asked) => {
			const { context } = asked;
			const request = readObject(asked.body, ({ required, optional }) => ({
				resource: required("resource", aLink),
				component: required("component", aLink),
				user: required("user", aLink),
				limit: optional("limit", aDecimal) ?? "0",
			}));
			const uuid = await createLimit(writesOf(context), context.viewer, request, context.clock());
			return { status: 201, body: await stored(uuid, asked) };
		},
	},
	changing("PUT"),
	changing("PATCH"),
	{
		method: "DELETE",
		path: one,
		parameters: [],
		price: priceOfChange,
		answer: async (asked) => {
			const { context } = asked;
			await removeLimit(writesOf(context), context.viewer, keyOf(asked), context.clock());
			return { status: 204 };
		},
	},
];
