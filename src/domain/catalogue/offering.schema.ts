import { mayChangePolicies, mayReportUsage } from "../../access/permissions.ts";
import { builder } from "../../graphql/builder.ts";
import { BillingType, LimitPeriod, OfferingState } from "../../graphql/enums.ts";
import { all } from "../../graphql/fields/all.ts";
import { byUuid } from "../../graphql/fields/by-uuid.ts";
import { computed } from "../../graphql/fields/computed.ts";
import { link, optionalLink } from "../../graphql/fields/link.ts";
import { page } from "../../graphql/fields/page.ts";
import { naming } from "../../graphql/identifiers.ts";
import { Category, CategoryComponent, Customer, Offering, OfferingComponent, Plan } from "../../graphql/nodes.ts";
import { policies } from "../policy/policy.list.ts";
import { resources } from "../resource/resource.list.ts";
import { usages } from "../usage/usage.list.ts";
import { supportsPerUserLimits } from "../user-usage/limit.ts";
import { componentList, offerings, offeringUsers, offeringUsersNamed, planList } from "./catalogue.list.ts";

builder.prismaObjectFields(Offering, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	name: t.exposeString("name"),
	state: t.expose("state", { type: OfferingState }),
	pluginOptions: t.expose("pluginOptions", { type: "JSON" }),
	backendId: t.exposeString("backendId"),
	supportsPerUserLimits: t.boolean({
		description: "Whether per-user limits can be set on its resources.",
		resolve: computed(["pluginOptions"], ({ pluginOptions }) => supportsPerUserLimits(pluginOptions)),
	}),
	viewerCanReportUsage: t.boolean({
		description: "Whether the viewer may report usage of its resources: staff, the provider's owners and managers, and the offering's managers.",
		resolve: computed(["uuid", "providerUuid"], ({ uuid, providerUuid }, { viewer }) => mayReportUsage(viewer, { offeringUuid: uuid, providerUuid })),
	}),
	viewerCanManagePolicies: t.boolean({
		description: "Whether the viewer may create, change and delete policies on it: staff and the provider's owners.",
		resolve: computed(["uuid", "providerUuid"], ({ uuid, providerUuid }, { viewer }) => mayChangePolicies(viewer, { offeringUuid: uuid, providerUuid })),
	}),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	provider: t.field({ type: Customer, ...link("Offering", "provider") }),
	category: t.field({ type: Category, ...link("Offering", "category") }),
	components: t.field({ type: [OfferingComponent], description: "What is measured of it, by type.", resolve: all(componentList) }),
	plans: t.field({ type: [Plan], description: "Its price plans that the viewer sees, by name.", resolve: all(planList) }),
	resources: t.field({
		description: "Its resources that the viewer sees, by name.",
		...resources.page({ column: "offeringUuid" }),
	}),
	policies: t.field({
		description: "The provider's policies on it, newest first: for the provider's side, staff and support; empty for anyone else.",
		...policies.page({ column: "scopeUuid" }),
	}),
	users: t.field({
		type: offeringUsers.connection,
		description: "Its accounts that the viewer sees, oldest first.",
		args: {
			...offeringUsers.page().args,
			username: t.arg.string({
				description: "The account of exactly this name; all when absent.",
				deprecationReason: "Use filter. Since 2026-12-01.",
			}),
		},
		resolve: page(({ username, ...asked }, { timeZone }) => offeringUsersNamed(username, asked, timeZone)),
	}),
}));

builder.prismaObjectFields(OfferingComponent, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	type: t.exposeString("type"),
	name: t.exposeString("name"),
	description: t.exposeString("description"),
	measuredUnit: t.exposeString("measuredUnit"),
	billingType: t.expose("billingType", { type: BillingType }),
	limitPeriod: t.expose("limitPeriod", { type: LimitPeriod, nullable: true }),
	limitAmount: t.exposeInt("limitAmount", { nullable: true }),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	offering: t.field({ type: Offering, ...link("OfferingComponent", "offering") }),
	categoryComponent: t.field({ type: CategoryComponent, ...optionalLink("OfferingComponent", "categoryComponent") }),
	usages: t.field({
		description: "The usage records of it that the viewer sees, newest report first.",
		...usages.page({ column: "componentUuid" }),
	}),
}));

builder.queryFields((t) => ({
	offering: t.field({
		type: Offering,
		nullable: true,
		description: "The offering with the uuid. Error NOT_FOUND when there is none that the viewer sees.",
		args: { uuid: t.arg({ type: "UUID", required: true, description: "The offering: its uuid, its id, or Waldur's address of it.", ...naming("Offering") }) },
		resolve: byUuid("Offering"),
	}),
	offerings: t.field({
		description: "The offerings that the viewer sees, by name: the active ones, and those sold or consumed.",
		...offerings.page(),
	}),
}));
