import { mayLimitUsers, mayReportUsage } from "../../access/permissions.ts";
import type { Row } from "../../database/model.ts";
import { builder } from "../../graphql/builder.ts";
import { ResourceState } from "../../graphql/enums.ts";
import { byUuid } from "../../graphql/fields/by-uuid.ts";
import { computed } from "../../graphql/fields/computed.ts";
import { link, linkedRowOf, optionalLink } from "../../graphql/fields/link.ts";
import { naming } from "../../graphql/identifiers.ts";
import { Customer, Offering, Plan, Project, Resource, ResourcePlanPeriod } from "../../graphql/nodes.ts";
import { usages } from "../usage/usage.list.ts";
import { userLimits } from "../user-usage/limit.list.ts";
import { userUsages } from "../user-usage/user-usage.list.ts";
import { planPeriods, resources } from "./resource.list.ts";

interface TypedAmount {
	type: string;
	amount: string;
}

const ComponentAmount = builder.objectRef<TypedAmount>("ComponentAmount").implement({
	description: "An amount of one of the offering's components.",
	fields: (t) => ({
		type: t.exposeString("type", { description: "Type of the component, such as cpu." }),
		amount: t.expose("amount", { type: "Decimal", description: "The amount, in the component's measured unit." }),
	}),
});

/** Amounts as they are stored by type, in the order of the types. */
const typedAmounts = (stored: unknown): TypedAmount[] =>
	Object.entries(stored as Record<string, string | number>)
		.map(([type, amount]) => ({ type, amount: String(amount) }))
		.sort((one, other) => (one.type < other.type ? -1 : 1));

builder.prismaObjectFields(Resource, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	name: t.exposeString("name"),
	state: t.expose("state", { type: ResourceState }),
	backendId: t.exposeString("backendId"),
	limits: t.field({
		type: [ComponentAmount],
		description: "What the consumer ordered of each component that is charged by limit, by type.",
		resolve: computed(["limits"], ({ limits }) => typedAmounts(limits)),
	}),
	currentUsages: t.field({
		type: [ComponentAmount],
		description: "The latest month's usage of each component that was ever reported, by type.",
		resolve: computed(["currentUsages"], ({ currentUsages }) => typedAmounts(currentUsages)),
	}),
	viewerCanReportUsage: t.boolean({
		description: "Whether the viewer may report its usage, and parts of it, and set its state and plan: staff and the provider's side.",
		resolve: computed(["offeringUuid", "offering.providerUuid"], (resource: Row<"Resource">, { viewer }) => {
			const { providerUuid } = linkedRowOf<"Resource", "offering">(resource, "offering");
			return mayReportUsage(viewer, { offeringUuid: resource.offeringUuid, providerUuid });
		}),
	}),
	viewerCanManageLimits: t.boolean({
		description: "Whether the viewer may set limits per user on it: staff, the customer's owners and the project's managers.",
		resolve: computed(["customerUuid", "projectUuid"], (resource, { viewer }) => mayLimitUsers(viewer, resource)),
	}),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	offering: t.field({ type: Offering, ...link("Resource", "offering") }),
	project: t.field({ type: Project, ...link("Resource", "project") }),
	customer: t.field({ type: Customer, ...link("Resource", "customer") }),
	plan: t.field({ type: Plan, ...optionalLink("Resource", "plan") }),
	planPeriods: t.field({
		description: "When it ran under which plan, oldest record first.",
		...planPeriods.page({ column: "resourceUuid" }),
	}),
	componentUsages: t.field({
		description: "Its usage records, newest report first, then by type.",
		...usages.page({ column: "resourceUuid" }),
	}),
	userUsages: t.field({
		description: "The parts of its usage records by username, newest report first.",
		...userUsages.page({ link: "componentUsage", column: "resourceUuid" }),
	}),
	userUsageLimits: t.field({
		description: "The per-user limits on it, newest first.",
		...userLimits.page({ column: "resourceUuid" }),
	}),
}));

builder.prismaObjectFields(ResourcePlanPeriod, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	start: t.expose("start", { type: "DateTime", nullable: true }),
	end: t.expose("end", { type: "DateTime", nullable: true }),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	resource: t.field({ type: Resource, ...link("ResourcePlanPeriod", "resource") }),
	plan: t.field({ type: Plan, ...link("ResourcePlanPeriod", "plan") }),
}));

builder.queryFields((t) => ({
	resource: t.field({
		type: Resource,
		nullable: true,
		description: "The resource with the uuid. Error NOT_FOUND when there is none that the viewer sees.",
		args: { uuid: t.arg({ type: "UUID", required: true, description: "The resource: its uuid, its id, or Waldur's address of it.", ...naming("Resource") }) },
		resolve: byUuid("Resource"),
	}),
	resources: t.field({
		description: "The resources that the viewer sees, by name.",
		...resources.page(),
	}),
}));
