import { mayReadEmail } from "../../access/permissions.ts";
import { builder } from "../../graphql/builder.ts";
import { computed } from "../../graphql/fields/computed.ts";
import { link } from "../../graphql/fields/link.ts";
import { Offering, OfferingUser, User } from "../../graphql/nodes.ts";
import { userLimits } from "../user-usage/limit.list.ts";
import { userUsages } from "../user-usage/user-usage.list.ts";

builder.prismaObjectFields(User, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	username: t.exposeString("username"),
	fullName: t.exposeString("fullName"),
	email: t.string({
		nullable: true,
		description: "E-mail address: for the user, staff and support; null for anyone else.",
		resolve: computed(["uuid", "email"], ({ uuid, email }, { viewer }) => (mayReadEmail(viewer, uuid) ? email : null)),
	}),
	isStaff: t.exposeBoolean("isStaff"),
	isSupport: t.exposeBoolean("isSupport"),
	isActive: t.exposeBoolean("isActive"),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
}));

builder.prismaObjectFields(OfferingUser, (t) => ({
	uuid: t.expose("uuid", { type: "UUID" }),
	username: t.exposeString("username", { nullable: true }),
	isRestricted: t.exposeBoolean("isRestricted"),
	created: t.expose("created", { type: "DateTime" }),
	modified: t.expose("modified", { type: "DateTime" }),
	offering: t.field({ type: Offering, ...link("OfferingUser", "offering") }),
	user: t.field({ type: User, ...link("OfferingUser", "user") }),
	limits: t.field({
		description: "The account's limits that the viewer sees, newest first.",
		...userLimits.page({ column: "userUuid" }),
	}),
	usages: t.field({
		description: "The account's parts of usage records that the viewer sees, newest report first.",
		...userUsages.page({ column: "userUuid" }),
	}),
}));
