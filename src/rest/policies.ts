import { policies, policyGroupList } from "../domain/policy/policy.list.ts";
import { currentTotals } from "../domain/policy/policy.service.ts";
import { policyPeriods } from "../domain/policy/policy.ts";
import { createPolicy, removePolicy, updatePolicy } from "../domain/policy/policy-change.service.ts";
import { momentOf, resetLoader, writesOf } from "../graphql/context.ts";
import { policyPeriodNumbers } from "../shared/waldur-words.ts";
import { keyOf, listRoute, objectOf, retrieveRoute, rowsOf } from "./collection.ts";
import { digitsOf, type Field, type Fields, hexOf, link, moment, plain, word } from "./fields.ts";
import { address, uuid } from "./parameters.ts";
import { changeOf, policyActionNames, requestOf } from "./policy-body.ts";
import { type Asked, priceOfChange, type Route } from "./route.ts";

const path = "marketplace-offering-usage-policies/";
const one = `${path}{uuid}/`;

/** A field that is read below each policy, in one statement for all of them. */
const below = (values: Field["values"]): Field => ({ columns: ["uuid"], values });

const uuidsOf = (rows: Parameters<Field["values"]>[0]): string[] => rows.map(({ uuid }) => String(uuid));

const groups: Field = below(async (rows, { context, urls }) => {
	const shape = { columns: new Set(["uuid"]), links: new Map() };
	const found = await context.read.statements.all(policyGroupList, shape, uuidsOf(rows));
	return found.map((groups) => groups.map(({ uuid }) => urls.of("organization-groups", String(uuid))));
});

const componentLimits: Field = below(async (rows, { context }) => {
	const totals = await currentTotals(context.database, uuidsOf(rows), momentOf(context));
	const shape = { columns: new Set(["type"]), links: new Map() };
	const named = [...new Set(totals.flat().map(({ componentUuid }) => componentUuid))];
	const components = await context.read.statements.linked("OfferingComponent", shape, named);
	const types = new Map(components.map((component, index) => [named[index], String(component?.["type"])]));
	return totals.map((limits) => limits.map(({ componentUuid, limit }) => ({ type: types.get(componentUuid) ?? "", limit: digitsOf(limit) })));
});

const fields: Fields = {
	uuid: hexOf("uuid"),
	url: link("marketplace-offering-usage-policies", "uuid"),
	scope: link("marketplace-provider-offerings", "scopeUuid"),
	scope_name: plain("scope.name"),
	scope_uuid: hexOf("scopeUuid"),
	actions: { columns: ["actions"], values: (rows) => rows.map(({ actions }) => policyActionNames(actions as string[]).join()) },
	created: moment("created"),
	created_by_full_name: plain("createdBy.fullName"),
	created_by_username: plain("createdBy.username"),
	has_fired: plain("hasFired"),
	fired_datetime: moment("firedDatetime"),
	options: {
		columns: ["externalUserEmails"],
		values: (rows) =>
			rows.map(({ externalUserEmails: emails }) => ((emails as string[]).length === 0 ? {} : { notify_external_user: (emails as string[]).join() })),
	},
	organization_groups: groups,
	apply_to_all: plain("applyToAll"),
	component_limits_set: componentLimits,
	period: word("period", policyPeriodNumbers),
	period_name: {
		columns: ["period"],
		values: (rows) => rows.map(({ period }) => policyPeriods[period as keyof typeof policyPeriods].name),
	},
};

/** Groups and limits are read beside each policy. */
const ofRow = 2;

const price: Route["price"] = (asked) => priceOfChange(asked) + ofRow;

/** The policy as it is after a change, evaluated. */
function stored(uuid: string, asked: Asked) {
	resetLoader(asked.context);
	return objectOf("OfferingUsagePolicy", fields, uuid, asked);
}

const changing = (method: "PUT" | "PATCH"): Route => ({
	method,
	path: one,
	parameters: [],
	price,
	answer: async (asked) => {
		const { context } = asked;
		const uuid = keyOf(asked);
		await updatePolicy(writesOf(context), context.viewer, { uuid, ...changeOf(asked.body ?? {}, method === "PUT") }, momentOf(context));
		return { status: 200, body: await stored(uuid, asked) };
	},
});

export const policyRoutes: readonly Route[] = [
	listRoute({
		path,
		parameters: { scope: address, scope_uuid: uuid },
		fields,
		choosesFields: false,
		price: { count: 1, row: ofRow },
		rows: ({ scope, scope_uuid: scopeUuid }, { context }, shape) => {
			return rowsOf(context, policies.of({ filter: { scope, scopeUuid } }, context.timeZone), shape);
		},
	}),
	retrieveRoute({ path, model: "OfferingUsagePolicy", fields, choosesFields: false, price: ofRow }),
	{
		method: "POST",
		path,
		parameters: [],
		price,
		answer: async (asked) => {
			const { context } = asked;
			const { scope, ...request } = requestOf(asked.body);
			const { uuid } = await createPolicy(writesOf(context), context.viewer, scope, request, momentOf(context));
			return { status: 201, body: await stored(uuid, asked) };
		},
	},
	changing("PUT"),
	changing("PATCH"),
	{
		method: "DELETE",
		path: one,
		parameters: [],
		price,
		answer: async (asked) => {
			const { context } = asked;
			await removePolicy(writesOf(context), context.viewer, keyOf(asked), momentOf(context));
			return { status: 204 };
		},
	},
	{
		method: "GET",
		path: `${path}actions/`,
		parameters: [],
		price: () => 1,
		answer: async () => ({ status: 200, body: policyActionNames(["NOTIFY_ORGANIZATION_OWNERS", "NOTIFY_EXTERNAL_USER", "BLOCK_CREATION_OF_NEW_RESOURCES"]) }),
	},
];
