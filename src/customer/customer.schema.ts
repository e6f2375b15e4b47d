import { offeringList } from "../catalogue/catalogue.lists.ts";
import { builder } from "../graphql/builder.ts";
import { ComponentUsageConnection, CustomerConnection, OfferingConnection, ProjectConnection, ResourceConnection } from "../graphql/connection-types.ts";
import { connection } from "../graphql/connections.ts";
import { allBelow, optionalLink } from "../graphql/links.ts";
import { Customer, OrganizationGroup } from "../graphql/nodes.ts";
import { visibleRow } from "../graphql/rows.ts";
import { resourceListArgs } from "../resource/resource.inputs.ts";
import { resourceList } from "../resource/resource.lists.ts";
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
		resolve: allBelow(customerGroupList),
	}),
	projects: t.field({
		type: ProjectConnection,
		description: "Its projects that the viewer sees, by name; removed ones are left out.",
		args: t.arg.connectionArgs(),
		resolve: (customer, args, context, info) => connection(projectList(null, { column: "customerUuid" }), args, context, info, customer),
	}),
	resources: t.field({
		type: ResourceConnection,
		description: "The resources that it consumes and the viewer sees, by name.",
		args: {
			...t.arg.connectionArgs(),
			...resourceListArgs,
		},
		resolve: (customer, { filter, orderBy, ...page }, context, info) =>
			connection(resourceList(filter, orderBy, { column: "customerUuid" }), page, context, info, customer),
	}),
	offerings: t.field({
		type: OfferingConnection,
		description: "What it sells as a provider and the viewer sees, by name.",
		args: t.arg.connectionArgs(),
		resolve: (customer, args, context, info) => connection(offeringList(null, { column: "providerUuid" }), args, context, info, customer),
	}),
	componentUsages: t.field({
		type: ComponentUsageConnection,
		description: "The usage records of its resources that the viewer sees, newest report first.",
		args: {
			...t.arg.connectionArgs(),
			...usageListArgs,
		},
		resolve: (customer, { filter, orderBy, ...page }, context, info) =>
			connection(usageList(filter, orderBy, context.timeZone, { column: "customerUuid" }), page, context, info, customer),
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
		resolve: (_root, { uuid }, context, info) => visibleRow("Customer", uuid, context, info),
	}),
	customers: t.field({
		type: CustomerConnection,
		description: "The customers that the viewer sees, by name: as one of their people, as their provider, or as the provider of an offering.",
		args: t.arg.connectionArgs(),
		resolve: (_root, args, context, info) => connection(customerList, args, context, info),
	}),
}));
