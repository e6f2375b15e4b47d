import { builder } from "../../graphql/builder.ts";
import { byUuid } from "../../graphql/fields/by-uuid.ts";
import { link, optionalLink } from "../../graphql/fields/link.ts";
import { naming } from "../../graphql/identifiers.ts";
import { ComponentUsage, ComponentUserUsage, OfferingUser } from "../../graphql/nodes.ts";
import { userUsages } from "./user-usage.list.ts";

builder.prismaObjectFields(ComponentUserUsage, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	username: t.exposeString("username"),
	usage: t.expose("usage", { type: "Decimal" }),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	componentUsage: t.field({ type: ComponentUsage, ...link("ComponentUserUsage", "componentUsage") }),
	user: t.field({ type: OfferingUser, ...optionalLink("ComponentUserUsage", "user") }),
}));

builder.queryFields((t) => ({
	componentUserUsage: t.field({
		type: ComponentUserUsage,
		nullable: true,
		description: "The part with the uuid. Error NOT_FOUND when there is none that the viewer sees.",
		args: {
			uuid: t.arg({ type: "UUID", required: true, description: "The part: its uuid, its id, or Waldur's address of it.", ...naming("ComponentUserUsage") }),
		},
		resolve: byUuid("ComponentUserUsage"),
	}),
	componentUserUsages: t.field({
		description: "The parts of usage records that the viewer sees, newest report first, then by type.",
		...userUsages.page(),
	}),
}));
