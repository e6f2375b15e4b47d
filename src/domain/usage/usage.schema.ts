import { builder } from "../../graphql/builder.ts";
import { ComponentUsageConnection, ComponentUserUsageConnection } from "../../graphql/connection-types.ts";
import { byUuid } from "../../graphql/fields/by-uuid.ts";
import { link, optionalLink } from "../../graphql/fields/link.ts";
import { page } from "../../graphql/fields/page.ts";
import { ComponentUsage, OfferingComponent, Resource, ResourcePlanPeriod, User } from "../../graphql/nodes.ts";
import { userUsageListArgs } from "../user-usage/user-usage.inputs.ts";
import { userUsageList } from "../user-usage/user-usage.lists.ts";
import { usageListArgs } from "./usage.inputs.ts";
import { usageList } from "./usage.lists.ts";

builder.prismaObjectFields(ComponentUsage, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	type: t.exposeString("type"),
	usage: t.expose("usage", { type: "Decimal" }),
	date: t.expose("date", { type: "DateTime" }),
	billingPeriod: t.expose("billingPeriod", { type: "Date" }),
	recurring: t.exposeBoolean("recurring"),
	description: t.exposeString("description"),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	resource: t.field({ type: Resource, ...link("ComponentUsage", "resource") }),
	component: t.field({ type: OfferingComponent, ...link("ComponentUsage", "component") }),
	planPeriod: t.field({ type: ResourcePlanPeriod, ...optionalLink("ComponentUsage", "planPeriod") }),
	modifiedBy: t.field({ type: User, ...optionalLink("ComponentUsage", "modifiedBy") }),
	userUsages: t.field({
		type: ComponentUserUsageConnection,
		description: "Its parts, by username unless another order is asked for.",
		args: {
			...t.arg.connectionArgs(),
			...userUsageListArgs,
		},
		resolve: page(({ filter, orderBy }, { timeZone }) =>
			userUsageList(filter, orderBy ?? { field: "USERNAME", direction: "ASC" }, timeZone, { column: "componentUsageUuid" }),
		),
	}),
}));

builder.queryFields((t) => ({
	componentUsage: t.field({
		type: ComponentUsage,
		nullable: true,
		description: "The usage record with the uuid. Error NOT_FOUND when there is none that the viewer sees.",
		args: { uuid: t.arg({ type: "UUID", required: true, description: "The record's uuid." }) },
		resolve: byUuid("ComponentUsage"),
	}),
	componentUsages: t.field({
		type: ComponentUsageConnection,
		description: "The usage records that the viewer sees, newest report first, then by type.",
		args: {
			...t.arg.connectionArgs(),
			...usageListArgs,
		},
		resolve: page(({ filter, orderBy }, { timeZone }) => usageList(filter, orderBy, timeZone)),
	}),
}));
