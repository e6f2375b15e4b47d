import { mayCreateResources } from "../../access/permissions.ts";
import { builder } from "../../graphql/builder.ts";
import { byUuid } from "../../graphql/fields/by-uuid.ts";
import { computed } from "../../graphql/fields/computed.ts";
import { link } from "../../graphql/fields/link.ts";
import { naming } from "../../graphql/identifiers.ts";
import { Customer, Project } from "../../graphql/nodes.ts";
import { resources } from "../resource/resource.list.ts";
import { projects } from "./customer.list.ts";

builder.prismaObjectFields(Project, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	name: t.exposeString("name"),
	isRemoved: t.exposeBoolean("isRemoved"),
	viewerCanCreateResource: t.boolean({
		description:
			"Whether the viewer may create resources in it: staff, the customer's owners, and the project's managers and admins. False of a removed project. " +
			"A customer that is blocked, and a policy that blocks, refuse everybody nevertheless.",
		resolve: computed(
			["uuid", "customerUuid", "isRemoved"],
			({ uuid, customerUuid, isRemoved }, { viewer }) => !isRemoved && mayCreateResources(viewer, { customerUuid, projectUuid: uuid }),
		),
	}),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	customer: t.field({ type: Customer, ...link("Project", "customer") }),
	resources: t.field({
		description: "Its resources that the viewer sees, by name.",
		...resources.page({ column: "projectUuid" }),
	}),
}));

builder.queryFields((t) => ({
	project: t.field({
		type: Project,
		nullable: true,
		description: "The project with the uuid. Error NOT_FOUND when there is none that the viewer sees.",
		args: { uuid: t.arg({ type: "UUID", required: true, description: "The project: its uuid, its id, or Waldur's address of it.", ...naming("Project") }) },
		resolve: byUuid("Project"),
	}),
	projects: t.field({
		description: "The projects that the viewer sees, by name: for staff, removed ones too.",
		...projects.page(),
	}),
}));
