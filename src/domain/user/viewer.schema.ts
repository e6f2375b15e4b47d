import { mayCreateTokens } from "../../access/permissions.ts";
import type { Row } from "../../database/model.ts";
import { builder } from "../../graphql/builder.ts";
import { CustomerRoleName, OfferingRoleName, ProjectRoleName } from "../../graphql/enums.ts";
import { rowOf } from "../../graphql/fields/by-uuid.ts";
import { computed } from "../../graphql/fields/computed.ts";
import { itself } from "../../graphql/fields/itself.ts";
import { link } from "../../graphql/fields/link.ts";
import { Customer, CustomerRole, Offering, OfferingRole, Project, ProjectRole, User } from "../../graphql/nodes.ts";
import { customerGrants, offeringGrants, projectGrants } from "./grant.list.ts";

const expires = { type: "DateTime", nullable: true, description: "The role counts for nothing from this moment on; null when it never ends." } as const;
const created = { type: "DateTime", description: "When it was granted." } as const;

builder.prismaObjectFields(CustomerRole, (t) => ({
	role: t.expose("role", { type: CustomerRoleName, description: "The role." }),
	expires: t.expose("expires", expires),
	created: t.expose("created", created),
	customer: t.field({ type: Customer, ...link("CustomerRole", "customer"), description: "The customer that the role is on." }),
}));

builder.prismaObjectFields(ProjectRole, (t) => ({
	role: t.expose("role", { type: ProjectRoleName, description: "The role." }),
	expires: t.expose("expires", expires),
	created: t.expose("created", created),
	project: t.field({ type: Project, ...link("ProjectRole", "project"), description: "The project that the role is in." }),
}));

builder.prismaObjectFields(OfferingRole, (t) => ({
	role: t.expose("role", { type: OfferingRoleName, description: "The role." }),
	expires: t.expose("expires", expires),
	created: t.expose("created", created),
	offering: t.field({ type: Offering, ...link("OfferingRole", "offering"), description: "The offering that the role is for." }),
}));

const deprecationReason = "Use user. Since 2026-12-01.";

const Viewer = builder.objectRef<Row<"User">>("Viewer").implement({
	description:
		"Who the token signs in, with what they may: their roles that count at this moment. What they may do with a thing is said by the thing, in the fields " +
		"that begin with viewerCan.",
	fields: (t) => ({
		user: t.field({ type: User, description: "The person.", resolve: itself<"User">() }),
		isStaff: t.exposeBoolean("isStaff", { description: "Staff see and change everything." }),
		isSupport: t.exposeBoolean("isSupport", { description: "Support staff see everything and change nothing." }),
		mayCreateTokens: t.boolean({
			description: "Whether they may have tokens created: staff. There is no mutation for it: an operator runs `npm run token`.",
			resolve: computed([], (_row, { viewer }) => mayCreateTokens(viewer)),
		}),
		customers: t.field({ description: "Their roles on customers, by the customer's name.", ...customerGrants.page({ column: "userUuid" }) }),
		projects: t.field({
			description: "Their roles in projects that are not removed, by the project's name.",
			...projectGrants.page({ column: "userUuid" }),
		}),
		offerings: t.field({
			description: "Their roles for single offerings, by the offering's name. Roles on a provider are among those on customers.",
			...offeringGrants.page({ column: "userUuid" }),
		}),
		uuid: t.expose("uuid", { type: "UUID", description: "Identifier of the user.", deprecationReason }),
		username: t.exposeString("username", { description: "Login name.", deprecationReason }),
		fullName: t.exposeString("fullName", { description: "Full name.", deprecationReason }),
		email: t.exposeString("email", { nullable: true, description: "E-mail address.", deprecationReason }),
		isActive: t.exposeBoolean("isActive", { description: "An inactive user's tokens are refused.", deprecationReason }),
		created: t.expose("created", { type: "DateTime", description: "When the record was created.", deprecationReason }),
		modified: t.expose("modified", { type: "DateTime", description: "When the record was last changed.", deprecationReason }),
	}),
});

builder.queryFields((t) => ({
	viewer: t.field({
		type: Viewer,
		description: "Who the token signs in, and what they may.",
		resolve: rowOf("User", (_root, _args, { viewer }) => viewer.uuid),
	}),
}));
