import { builder } from "../../graphql/builder.ts";
import { all } from "../../graphql/fields/all.ts";
import { byUuid } from "../../graphql/fields/by-uuid.ts";
import { optionalLink } from "../../graphql/fields/link.ts";
import { naming } from "../../graphql/identifiers.ts";
import { Customer, OrganizationGroup } from "../../graphql/nodes.ts";
import { offerings } from "../catalogue/catalogue.list.ts";
import { resources } from "../resource/resource.list.ts";
import { usages } from "../usage/usage.list.ts";
import { customerGroupList, customers, projects } from "./customer.list.ts";

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
		description: "Its projects that the viewer sees, by name: for staff, removed ones too.",
		...projects.page({ column: "customerUuid" }),
	}),
	resources: t.field({
		description: "The resources that it consumes and the viewer sees, by name.",
		...resources.page({ column: "customerUuid" }),
	}),
	offerings: t.field({
		description: "What it sells as a provider and the viewer sees, by name.",
		...offerings.page({ column: "providerUuid" }),
	}),
	componentUsages: t.field({
		description: "The usage records of its resources that the viewer sees, newest report first.",
		...usages.page({ column: "customerUuid" }),
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
		args: { uuid: t.arg({ type: "UUID", required: true, description: "The customer: its uuid, its id, or Waldur's address of it.", ...naming("Customer") }) },
		resolve: byUuid("Customer"),
	}),
	customers: t.field({
		description: "The customers that the viewer sees, by name: as one of their people, as their provider, or as the provider of an offering.",
		...customers.page(),
	}),
}));
