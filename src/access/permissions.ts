import { and, isOneOf, or, sql } from "../database/sql.ts";
import { customersOf, projectsOf, seesEverything, type Viewer } from "./viewer.ts";
import type { Visibility } from "./visibility.ts";

/** The offering that something is done to, and who sells it. */
export interface ProvidedBy {
	readonly offeringUuid: string;
	readonly providerUuid: string;
}

/** Reporting usage: staff, the provider's owners and managers, the offering's managers. */
export function mayReportUsage(viewer: Viewer, { offeringUuid, providerUuid }: ProvidedBy): boolean {
	return (
		viewer.isStaff ||
		viewer.managedOfferings.includes(offeringUuid) ||
		viewer.customerRoles.some(({ customer, role }) => customer === providerUuid && (role === "OWNER" || role === "MANAGER"))
	);
}

/** Whether there may be something that the viewer reports for: staff, and those who provide or manage offerings. */
export const mayReportAnything = (viewer: Viewer): boolean => viewer.isStaff || viewer.providedOfferings.length > 0;

/** Sending any document, where others send only those of the service's own front-ends: staff, who work with GraphiQL. */
export const maySendAnyDocument = (viewer: Viewer): boolean => viewer.isStaff;

/** Changing policies: staff and the provider's owners. */
export const mayChangePolicies = (viewer: Viewer, { providerUuid }: ProvidedBy): boolean =>
	viewer.isStaff || viewer.customerRoles.some(({ customer, role }) => customer === providerUuid && role === "OWNER");

/** Deleting usage that was reported: staff. */
export const mayDeleteUsage = (viewer: Viewer): boolean => viewer.isStaff;

/** Changing a customer's groups, and whether it is blocked or archived: staff. */
export const mayChangeCustomers = (viewer: Viewer): boolean => viewer.isStaff;

/** Seeing how the service is kept in step with a Waldur: staff and support. */
export const maySeeSynchronization = (viewer: Viewer): boolean => seesEverything(viewer);

/** Knowing whom notifications go to: staff, support and the provider's owners. */
export const maySeeRecipients: Visibility = (viewer, t) => {
	const owned = viewer.customerRoles.filter(({ role }) => role === "OWNER").map(({ customer }) => customer);
	return seesEverything(viewer)
		? sql`true`
		: sql`exists (
			select from "Offering" sold where sold."uuid" = ${t}."offeringUuid" and ${isOneOf(sql`sold."providerUuid"`, owned)}
		)`;
};

/** Who consumes the resource that something is done to. */
export interface ConsumedBy {
	readonly customerUuid: string;
	readonly projectUuid: string;
}

/** Setting limits per user: staff, the consuming customer's owners, the project's managers. */
export function mayLimitUsers(viewer: Viewer, { customerUuid, projectUuid }: ConsumedBy): boolean {
	return (
		viewer.isStaff ||
		viewer.customerRoles.some(({ customer, role }) => customer === customerUuid && role === "OWNER") ||
		viewer.projectRoles.some(({ project, role }) => project === projectUuid && role === "MANAGER")
	);
}

/** Creating resources: staff, the consuming customer's owners, the project's managers and admins. */
export function mayCreateResources(viewer: Viewer, { customerUuid, projectUuid }: ConsumedBy): boolean {
	return (
		viewer.isStaff ||
		viewer.customerRoles.some(({ customer, role }) => customer === customerUuid && role === "OWNER") ||
		viewer.projectRoles.some(({ project, role }) => project === projectUuid && (role === "MANAGER" || role === "ADMIN"))
	);
}

/**
 * The customers and projects whose people the viewer is one of; all for staff, and for support all that are not removed. Narrower than which they see: a
 * total counts what all people in the scope used, so a role on one project opens no customer's, and the provider's side
 * opens none; nor does a provider buy for its customers.
 */
export const consumerSide: Record<"Customer" | "Project", Visibility> = {
	Customer: (viewer, t) => (seesEverything(viewer) ? sql`true` : isOneOf(sql`${t}."uuid"`, customersOf(viewer))),
	Project: (viewer, t) => {
		const own = or([isOneOf(sql`${t}."customerUuid"`, customersOf(viewer)), isOneOf(sql`${t}."uuid"`, projectsOf(viewer))]);
		const unremoved = sql`not ${t}."isRemoved"`;
		if (viewer.isStaff) return sql`true`;
		return seesEverything(viewer) ? unremoved : and([own, unremoved]);
	},
};

/** Reading a person's mail address: staff, support and the person. */
export const mayReadEmail = (viewer: Viewer, userUuid: string): boolean => seesEverything(viewer) || viewer.uuid === userUuid;

/** Listing a figure of all customers: staff and support. */
export const mayListQuotas = seesEverything;

/** Reading the figures of one customer: staff, support and its owners. */
export const mayReadQuotas = (viewer: Viewer, customerUuid: string): boolean =>
	seesEverything(viewer) || viewer.customerRoles.some(({ customer, role }) => customer === customerUuid && role === "OWNER");
