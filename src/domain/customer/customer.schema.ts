import { builder } from "../../graphql/builder.ts";
import { ComponentUsageConnection, CustomerConnection, OfferingConnection, ProjectConnection } from "../../graphql/connection-types.ts";
import { all } from "../../graphql/fields/all.ts";
import { byUuid } from "../../graphql/fields/by-uuid.ts";
import { optionalLink } from "../../graphql/fields/link.ts";
import { page } from "../../graphql/fields/page.ts";
import { Customer, OrganizationGroup } from "../../graphql/nodes.ts";
import { offeringList } from "../catalogue/catalogue.lists.ts";
import { resources } from "../resource/resource.list.ts";
import { usageListArgs } from "../usage/usage.inputs.ts";
import { usageList } from "../usage/usage.lists.ts";
import { customerGroupList, customerList, projectList } from "./customer.lists.ts";

builder.prismaObjectFields(Customer, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	name: t.exposeString("name"),
	abbreviation: t.exposeString("abbreviation"),
	blocked: t.exposeBoolean("blocked"),
	archived: t.exposeBoolean("archived"),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	organizationGroups: t.field({
		type: [OrganizationGroup],
		description: "The groups it is a member of that the viewer sees, by name.",
		resolve: all(customerGroupList),
	}),
	projects: t.field({
		type: ProjectConnection,
		description: "Its projects that the viewer sees, by name: for staff, removed ones too.",
		args: t.arg.connectionArgs(),
		resolve: page(() => projectList(null, { column: "customerUuid" })),
	}),
	resources: t.field({
		description: "The resources that it consumes and the viewer sees, by name.",
		...resources.page({ column: "customerUuid" }),
	}),
	offerings: t.field({
		type: OfferingConnection,
		description: "What it sells as a provider and the viewer sees, by name.",
		args: t.arg.connectionArgs(),
		resolve: page(() => offeringList(null, { column: "providerUuid" })),
	}),
	componentUsages: t.field({
		type: ComponentUsageConnection,
		description: "The usage records of its resources that the viewer sees, newest report first.",
		args: {
			...t.arg.connectionArgs(),
			...usageListArgs,
		},
		resolve: page(({ filter, orderBy }, { timeZone }) => usageList(filter, orderBy, timeZone, { column: "customerUuid" })),
	}),
}));

builder.prismaObjectFields(OrganizationGroup, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	name: t.exposeString("name"),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	parent: t.field({ type: OrganizationGroup, ...optionalLink("OrganizationGroup", "parent") }),
}));

builder.queryFields((t) => ({
	customer: t.field({
		type: Customer,
		nullable: true,
		description: "The customer with the uuid. Error NOT_FOUND when there is none that the viewer sees.",
		args: { uuid: t.arg({ type: "UUID", required: true, description: "The customer's uuid." }) },
		resolve: byUuid("Customer"),
	}),
	customers: t.field({
		type: CustomerConnection,
		description: "The customers that the viewer sees, by name: as one of their people, as their provider, or as the provider of an offering.",
		args: t.arg.connectionArgs(),
		resolve: page(() => customerList),
	}),
}));
