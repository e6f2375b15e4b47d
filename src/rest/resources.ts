import { resources } from "../domain/resource/resource.list.ts";
import { byWord, offeringStates, resourceStates } from "../shared/waldur-words.ts";
import { listRoute, retrieveRoute, rowsOf } from "./collection.ts";
import { componentsOf, isCharged } from "./components.ts";
import { amounts, type Fields, hexOf, link, moment, plain, word } from "./fields.ts";
import { choices, only, ordering, text, uuid } from "./parameters.ts";
import type { Route } from "./route.ts";

const fields: Fields = {
	offering: link("marketplace-provider-offerings", "offeringUuid"),
	offering_name: plain("offering.name"),
	offering_uuid: hexOf("offeringUuid"),
	offering_plugin_options: plain("offering.pluginOptions"),
	provider_name: plain("offering.provider.name"),
	provider_uuid: hexOf("offering.providerUuid"),
	category_title: plain("offering.category.title"),
	category_uuid: hexOf("offering.categoryUuid"),
	plan: link("marketplace-plans", "planUuid"),
	plan_unit: plain("plan.unit"),
	plan_name: plain("plan.name"),
	plan_uuid: hexOf("planUuid"),
	limits: amounts("limits"),
	uuid: hexOf("uuid"),
	created: moment("created"),
	modified: moment("modified"),
	url: link("marketplace-resources", "uuid"),
	state: word("state", resourceStates),
	project: link("projects", "projectUuid"),
	project_uuid: hexOf("projectUuid"),
	project_name: plain("project.name"),
	customer_uuid: hexOf("customerUuid"),
	customer_name: plain("customer.name"),
	is_usage_based: isCharged("offeringUuid", "USAGE"),
	is_limit_based: isCharged("offeringUuid", "LIMIT"),
	name: plain("name"),
	backend_id: plain("backendId"),
	offering_backend_id: plain("offering.backendId"),
	current_usages: amounts("currentUsages"),
	offering_state: word("offering.state", offeringStates),
	offering_components: componentsOf("offeringUuid"),
};

/** The offering's components are read beside each resource. */
const ofRow = 1;

/** What another order than the usual costs beside a filter, as that of usage records. */
const ofOrder = 10;

/** The same list below both of Waldur's addresses: whoever is signed in lists what they see of either side. */
const routesAt = (path: string): readonly Route[] => [
	listRoute({
		path,
		parameters: {
			offering_uuid: only(uuid),
			project_uuid: only(uuid),
			customer_uuid: only(uuid),
			backend_id: only(text),
			state: choices(byWord(resourceStates)),
			o: ordering({ name: "NAME", created: "CREATED" }),
		},
		fields,
		choosesFields: true,
		price: { count: 1, row: ofRow },
		extra: (names) => (names.has("o") ? ofOrder : 0),
		rows: (
			{ offering_uuid: offeringUuid, project_uuid: projectUuid, customer_uuid: customerUuid, backend_id: backendId, state: states, o },
			{ context },
			shape,
		) => rowsOf(context, resources.of({ filter: { offeringUuid, projectUuid, customerUuid, backendId, states }, orderBy: o }, context.timeZone), shape),
	}),
	retrieveRoute({ path, model: "Resource", fields, choosesFields: true, price: ofRow }),
];

export const resourceRoutes: readonly Route[] = [...routesAt("marketplace-provider-resources/"), ...routesAt("marketplace-resources/")];
