import { builder } from "../../graphql/builder.ts";
import { byUuid } from "../../graphql/fields/by-uuid.ts";
import { link, optionalLink } from "../../graphql/fields/link.ts";
import { ComponentUsage, OfferingComponent, Resource, ResourcePlanPeriod, User } from "../../graphql/nodes.ts";
import { userUsages } from "../user-usage/user-usage.list.ts";
import { usages } from "./usage.list.ts";

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
		description: "Its parts, by username unless another order is asked for.",
		...userUsages.page({ column: "componentUsageUuid" }),
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
		description:
			"The usage records that the viewer sees, newest report first, then by type. All of them as one file, CSV or NDJSON: GET /export/componentUsages.csv, an export with the same filters as parameters.",
		...usages.page(),
	}),
}));
